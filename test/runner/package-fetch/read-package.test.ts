import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPackage } from '../../../runner/package-fetch/fetch-package.ts';
import type { LockedPackage } from '../../../skills-index/packages/locked-package.ts';
import { makeNpm, makeWheel } from '../package-store/archive-maker.ts';
import { makePackageWorld } from '../package-store/package-world.ts';

const wheel = makeWheel({
  metadata: 'Name: tool\nVersion: 1.0\nLicense-Expression: MIT\nRequires-Python: >=3.9\n\n',
  files: { 'tool/__init__.py': 'x = 1\n' },
});
const wheelName = 'tool-1.0-py3-none-any.whl';
const hashOf = (bytes: Buffer, algorithm = 'sha256') =>
  createHash(algorithm).update(bytes).digest('hex');
const tool: LockedPackage = {
  ecosystem: 'python',
  name: 'tool',
  version: '1.0',
  files: [{ name: wheelName, hash: `sha256:${hashOf(wheel)}` }],
};
const scripts = { postinstall: 'node x.js', test: 'x' };
const tarball = makeNpm(
  { name: '@a/tool', version: '1.0.0', license: 'ISC', scripts },
  { 'index.js': '' },
);
const npm: LockedPackage = {
  ecosystem: 'npm',
  name: '@a/tool',
  version: '1.0.0',
  files: [{ name: 'tool-1.0.0.tgz', hash: `sha512:${hashOf(tarball, 'sha512')}` }],
};

type Body = ConstructorParameters<typeof Response>[0];

/** An index that answers by paths; it records what it is asked. */
function indexOf(answers: Readonly<Record<string, () => Body>>) {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (url) => {
    const { host, pathname } = new URL(String(url));
    asked.push(host === 'index.example' ? pathname : `${host}${pathname}`);
    const answer = answers[pathname];
    return answer === undefined ? new Response('', { status: 404 }) : new Response(answer());
  };
  const indexes = {
    python: { url: 'https://index.example/simple/' },
    npm: { url: 'https://index.example/npm/' },
  };
  const read = (one: LockedPackage) =>
    readPackage({ hostPolicy: { indexes }, network: { fetch } }, one);
  return { asked, read };
}
const page =
  (file: Readonly<Record<string, unknown>> = {}) =>
  () =>
    JSON.stringify({
      name: 'tool',
      files: [{ filename: wheelName, url: '/files/tool.whl', ...file }],
    });

describe('a package is read', () => {
  it('from an index of Python, with what the wheel and the index say', async () => {
    const publisher = { kind: 'GitHub', repository: 'acme/tool' };
    const { read } = indexOf({
      '/simple/tool/': page({
        provenance: '/integrity/tool',
        'upload-time': '2026-01-02T03:04:05Z',
      }),
      '/files/tool.whl': () => wheel,
      '/integrity/tool': () => JSON.stringify({ attestation_bundles: [{ publisher }] }),
    });
    const { files, ...facts } = await read(tool);
    expect(facts).toEqual({
      file: tool.files[0],
      sha256: `sha256:${hashOf(wheel)}`,
      bytes: wheel.length,
      isNative: false,
      hooks: [],
      licence: 'MIT',
      requiresPython: '>=3.9',
      uploaded: '2026-01-02T03:04:05.000Z',
      publisher: 'GitHub acme/tool',
      attestation: 'named',
    });
    expect(files.map(({ path }) => path)).toContain('tool/__init__.py');
  });

  it('from an npm registry', async () => {
    const { read } = indexOf({
      '/npm/@a/tool/-/tool-1.0.0.tgz': () => tarball,
      '/npm/@a%2ftool': () =>
        JSON.stringify({ versions: { '1.0.0': { _npmUser: { name: 'ann' } } } }),
    });
    expect(await read(npm)).toMatchObject({
      sha256: `sha256:${hashOf(tarball)}`,
      licence: 'ISC',
      hooks: ['postinstall'],
      publisher: 'ann',
    });
  });

  it('with its machine code and path files, and nothing is stored', async () => {
    const world = makePackageWorld();
    const indexes = { python: { url: `file://${world.index}` } };
    const read = (one: LockedPackage) =>
      readPackage({ hostPolicy: { indexes }, network: { fetch } }, one);
    const elf = Buffer.from('7f454c4602010100', 'hex').toString('latin1');
    const native = await read(
      world.wheel('native', { 'native/x': elf, 'start.pth': 'import os\n', 'a.pyc': 'x' }),
    );
    expect(native).toMatchObject({ isNative: true, hooks: ['start.pth'] });
    expect(native.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['start.pth', 'a.pyc']),
    );
    expect(existsSync(world.data)).toBe(false);
  });

  it('also when no file of the package is for this host', async () => {
    const name = 'tool-1.0-cp27-cp27m-win32.whl';
    const { read } = indexOf({
      '/simple/tool/': page({ filename: name }),
      '/files/tool.whl': () => wheel,
    });
    const other = { ...tool, files: [{ name, hash: `sha256:${hashOf(wheel)}` as const }] };
    expect((await read(other)).file.name).toBe(name);
  });
});

describe('an index that lies', () => {
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull: (to) => to.enqueue(new Uint8Array(64 * 1024 * 1024)),
    });
  const evil = makeWheel({ name: 'evil', files: { 'evil.py': '' } });
  const cases: Record<string, [LockedPackage, () => Body, string]> = {
    'sends other bytes': [tool, () => evil, 'package-differs'],
    'never ends': [tool, endless, 'package-unavailable'],
  };
  it.each(Object.entries(cases))('%s is not believed', async (_, [one, answer, code]) => {
    const { read } = indexOf({ '/simple/tool/': page(), '/files/tool.whl': answer });
    await expect(read(one)).rejects.toMatchObject({ code });
  });

  it('is asked for attestations at its own address only, and may have none', async () => {
    const { asked, read } = indexOf({
      '/simple/tool/': page({ provenance: 'https://inside.example/secret' }),
      '/files/tool.whl': () => wheel,
    });
    expect(await read(tool)).toMatchObject({ attestation: 'named' });
    expect(asked.filter((path) => path.includes('inside'))).toEqual([]);
  });
});
