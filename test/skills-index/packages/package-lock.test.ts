import { describe, expect, it } from 'vitest';
import {
  parsePackageLock,
  parsePackageLockInSteps,
} from '../../../skills-index/packages/locks/package-lock.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const bytes = Buffer.alloc(64, 7);
const integrity = `sha512-${bytes.toString('base64')}`;
const docx = {
  version: '9.5.0',
  resolved: 'https://registry.npmjs.org/docx/-/docx-9.5.0.tgz',
  integrity,
};
const parse = (packages: object, lockfileVersion: unknown = 3) =>
  parsePackageLock(
    Buffer.from(JSON.stringify({ name: 'x', lockfileVersion, requires: true, packages })),
    'package-lock.json',
  );

function reasonsAgainst(packages: object, version?: unknown): string {
  try {
    parse(packages, version);
  } catch (cause) {
    if (cause instanceof Problem)
      return [cause.message, ...cause.reasons.map(({ message }) => message)].join('\n');
    throw cause;
  }
  return '';
}

describe('package-lock.json', () => {
  it('is read soon, although one package lies at twenty thousand places', () => {
    const places = Array.from({ length: 20_000 }, (_, at) => `node_modules/a${at}/node_modules/b`);
    const entries = places.map((place) => [place, { version: '1.0.0', integrity }]);
    const [one] = parse(Object.fromEntries(entries));
    expect(one?.places).toEqual(places.toSorted());
    // A registry lets others go on after each step.
    const text = JSON.stringify({ lockfileVersion: 3, packages: Object.fromEntries(entries) });
    const steps = parsePackageLockInSteps(Buffer.from(text), 'package-lock.json');
    expect([...steps].length).toBeGreaterThan(50);
  });

  it('counts more faults than anybody reads, and lists the first hundred', () => {
    const entries = Array.from({ length: 20_000 }, (_, at) => [`node_modules/a${at}`, {}]);
    const steps = () => parse(Object.fromEntries(entries));
    expect(steps).toThrow('20000 reasons, first: node_modules/a0: it has no exact version');
    expect(reasonsAgainst(Object.fromEntries(entries)).split('\n')).toHaveLength(101);
  });

  it('is refused with more entries than fit with their hashes', () => {
    const entries = Array.from({ length: 30_000 }, (_, at) => [`node_modules/a${at}`, 1]);
    expect(reasonsAgainst(Object.fromEntries(entries))).toContain(
      'it has 30000 entries; at most 25000',
    );
  });

  it('gives each package once, with its places and its hash', () => {
    const sax = { version: '1.4.1', integrity, license: 'ISC', engines: { node: '>=4' } };
    const found = parse({
      '': { name: 'x', dependencies: { docx: '^9' } },
      'node_modules/docx': { ...docx, hasInstallScript: true, os: ['linux'], libc: 'glibc' },
      'node_modules/sax': { ...sax, version: '1.0.0' },
      'node_modules/a/node_modules/sax': sax,
      'node_modules/docx/node_modules/sax': sax,
      'node_modules/typescript': { version: '5.0.0', dev: true },
      'node_modules/docx/node_modules/inner': { version: '1.0.0', inBundle: true },
    });
    expect(found.map(({ name, version, places }) => [name, version, places])).toEqual([
      ['docx', '9.5.0', ['node_modules/docx']],
      ['sax', '1.0.0', ['node_modules/sax']],
      ['sax', '1.4.1', ['node_modules/a/node_modules/sax', 'node_modules/docx/node_modules/sax']],
    ]);
    expect(found[0]).toMatchObject({
      ecosystem: 'npm',
      hasInstallScript: true,
      os: ['linux'],
      libc: ['glibc'],
      files: [{ name: 'docx-9.5.0.tgz', hash: `sha512:${bytes.toString('hex')}` }],
    });
  });

  it('knows an alias by the name of its package', () => {
    const [one] = parse({
      'node_modules/string-width-cjs': {
        name: 'string-width',
        version: '4.2.3',
        resolved: 'https://mirror.example/api/npm/string-width/-/string-width-4.2.3.tgz',
        integrity,
      },
    });
    expect([one?.name, one?.places]).toEqual(['string-width', ['node_modules/string-width-cjs']]);
  });

  it.each([
    'https://registry.npmjs.org/@types/node/-/node-9.5.0.tgz',
    'https://registry.npmjs.org/@types%2fnode/-/node-9.5.0.tgz',
    'http://127.0.0.1:4873/@types/node/-/node-9.5.0.tgz',
  ])('takes the address %s', (resolved) => {
    expect(parse({ 'node_modules/@types/node': { ...docx, resolved } })).toHaveLength(1);
  });

  const at = (change: object, place = 'node_modules/docx'): object => ({
    [place]: { ...docx, ...change },
  });
  it.each<[string, object, string]>([
    ['a link', at({ link: true }), 'a link to a folder'],
    ['a folder', at({ resolved: 'file:../docx' }), 'from a folder'],
    ['a folder of the author', at({}, 'packages/docx'), 'folder of the author'],
    ['git over ssh', at({ resolved: 'git+ssh://git@git.example/docx.git#0123' }), 'from git'],
    [
      'the tarball of another package',
      at({ resolved: 'https://registry.npmjs.org/evil/-/evil-9.5.0.tgz' }),
      'not that of its tarball',
    ],
    ['no hash', at({ integrity: undefined }), 'has no hash'],
    ['SHA-1', at({ integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }), 'not SHA-512'],
    ['a bundled package outside', at({ inBundle: true }, '../evil'), 'folder of the author'],
    ['a name that is a path', at({ name: '../docx' }), 'no name of a package'],
    [
      'a package under the name of another package that it has',
      {
        ...at({ name: 'evil', resolved: 'https://registry.npmjs.org/evil/-/evil-9.5.0.tgz' }),
        ...at({}, 'node_modules/a/node_modules/docx'),
      },
      'it is evil, and the lock has another package docx',
    ],
    [
      'one package with two hashes',
      {
        ...at({}),
        ...at(
          { integrity: `sha512-${Buffer.alloc(64).toString('base64')}` },
          'node_modules/a/node_modules/docx',
        ),
      },
      'with other content',
    ],
    [
      'a key of JavaScript',
      JSON.parse('{"__proto__": {"version": "1.0.0"}}'),
      'not allowed as a key',
    ],
  ])('is refused with %s', (_, packages, says) => {
    expect(reasonsAgainst(packages)).toContain(says);
  });

  it('is refused in an older version and above the limit', () => {
    expect(reasonsAgainst({}, 2)).toContain('npm 9');
    const many = Array.from({ length: 301 }, (_, n) => [
      `node_modules/a${n}`,
      { version: '1.0.0', integrity },
    ]);
    expect(reasonsAgainst(Object.fromEntries(many))).toContain('at most 300');
  });
});
