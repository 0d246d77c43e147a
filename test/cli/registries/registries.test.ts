import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../../cli/paths.ts';
import { pinRegistry } from '../../../cli/registries/addresses/pin-registry.ts';
import { registryOf, trustedRegistry } from '../../../cli/registries/registries.ts';
import { parseBase, registryBaseOf } from '../../../cli/registries/registry-base.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { parseRoot, rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { makeRoot } from '../a-root.ts';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

const base = 'https://skills.example';
const world = () => {
  const home = folderWith();
  const env = { SKILLGATE_HOME: home };
  return { env, home, paths: pathsOf(env) };
};
const servesRoot =
  (root: unknown): typeof fetch =>
  async (input) =>
    String(input).endsWith('/index/root.json')
      ? new Response(JSON.stringify(root))
      : new Response('none', { status: 404 });

describe('a registry’s address', () => {
  it.each([
    ['https://skills.example', 'https://skills.example'],
    ['https://skills.example/', 'https://skills.example'],
    ['HTTPS://Skills.Example:443/a//', 'https://skills.example/a'],
    ['http://localhost:4880', 'http://localhost:4880'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ['http://[::1]:1', 'http://[::1]:1'],
    ['http://a.localhost', 'http://a.localhost'],
    ['file:///media/usb/a b/', 'file:///media/usb/a%20b'],
  ])('%s is written %s', (given, written) => {
    expect(parseBase(given)).toBe(written);
  });

  it.each([
    'skills.example',
    'ftp://x.example',
    'http://skills.example',
    'http://localhost.example',
    'http://127.0.0.1.example',
    'https://u:p@x.example',
    'https://x.example/?a',
    'https://x.example/#a',
    'file:///',
    'file://server/share',
    'file:///media/usb?a',
    '',
    7,
  ])('refuses %j', (given) => {
    expect(() => parseBase(given)).toThrow(/ as the address of a registry: /);
  });
});

describe('trust in a registry', () => {
  it('is not given to a registry that shows no TUF metadata though its root file says that there is some', async () => {
    const { env, home, paths } = world();
    const root = { ...makeRoot(), tuf: 1 } as const;
    const run = (...words: string[]) =>
      skill(['registry', ...words], { env, fetch: servesRoot(root) });
    const added = await run('add', base, '--root', rootFingerprint(root));
    expect(added).toMatchObject({ exit: 6, stderr: expect.stringContaining('tuf-missing') });
    expect(added.stderr).toContain('names TUF metadata');
    expect(() => trustedRegistry({ paths }, base)).toThrow(/not pinned/);
    // A root file in hand can be pinned before its administrators have signed; nothing is admitted
    // until they have.
    writeFileSync(join(home, 'root.json'), JSON.stringify(root));
    const trusted = await skill(
      ['registry', 'trust', join(home, 'root.json'), '--root', rootFingerprint(root)],
      {
        env: { ...env, SKILLGATE_REGISTRY: base },
        fetch: servesRoot(root),
      },
    );
    expect(trusted).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('this host admits no version without TUF metadata'),
    });
  });

  it('is pinned by fingerprint, and the first one becomes the default', async () => {
    const { env, paths } = world();
    const root = makeRoot();
    const added = await skill(['registry', 'add', base, '--root', rootFingerprint(root)], {
      env,
      fetch: servesRoot(root),
    });
    expect(added).toMatchObject({ exit: 0, stdout: expect.stringContaining('is the default') });
    expect(registryBaseOf(paths, env)).toBe(base);
    expect(trustedRegistry({ paths }, base).root).toEqual(parseRoot(JSON.stringify(root)));
  });

  it.each([
    ['another fingerprint', ['--root', digestOf('x')], 6, 'root-invalid'],
    ['no fingerprint and no terminal', [], 6, 'not-confirmed'],
    ['a fingerprint that is none', ['--root', 'sha256:abc'], 2, 'digest-invalid'],
  ])('is not given for %s, and nothing is kept', async (_, options, exit, code) => {
    const { env, home } = world();
    const ran = await skill(['registry', 'add', base, ...options], {
      env,
      fetch: servesRoot(makeRoot()),
    });
    expect(ran).toMatchObject({ exit, stderr: expect.stringContaining(`error[${code}]`) });
    expect(readdirSync(home)).toEqual([]);
  });

  it.each([
    ['yes', 0],
    ['no', 6],
    ['', 6],
  ])('is asked for at a terminal, with the fingerprint shown: %j', async (typed, exit) => {
    const { env } = world();
    const root = makeRoot();
    const ran = await skill(['registry', 'add', base], {
      env,
      fetch: servesRoot(root),
      terminal: true,
      input: `${typed}\n`,
    });
    expect(ran.exit).toBe(exit);
    expect(ran.stderr).toContain(rootFingerprint(root));
  });

  it('ends when the file kept here is not the one that was pinned', async () => {
    const { paths } = world();
    await pinRegistry(paths, base, makeRoot(), []);
    const [file = ''] = readdirSync(join(paths.config, 'roots'));
    writeFileSync(join(paths.config, 'roots', file), JSON.stringify(makeRoot()));
    expect(() => trustedRegistry({ paths }, base)).toThrow(/does not have the pinned fingerprint/);
  });

  it('is replaced only by registry trust with a fingerprint of its own', async () => {
    const { env, paths } = world();
    const old = makeRoot();
    const fresh = makeRoot();
    await pinRegistry(paths, base, old, []);
    const folder = folderWith({ 'root.json': JSON.stringify(fresh) });
    const argv = ['registry', 'trust', join(folder, 'root.json'), '--root'];
    expect((await skill([...argv, rootFingerprint(old)], { env })).exit).toBe(6);
    expect(trustedRegistry({ paths }, base).fingerprint).toBe(rootFingerprint(old));
    expect((await skill([...argv, rootFingerprint(fresh)], { env })).exit).toBe(0);
    expect(trustedRegistry({ paths }, base).fingerprint).toBe(rootFingerprint(fresh));
  });
});

describe('the registry of a scope', () => {
  it('is exactly one: the user’s, else the project’s, else the default, and never falls back', async () => {
    const { env, paths } = world();
    const acme = parseScope('acme');
    const other = parseScope('other');
    await pinRegistry(paths, base, makeRoot(), []);
    await pinRegistry(paths, 'https://acme.example', makeRoot('acme.example'), [acme]);
    expect(registryOf({ paths, env }, acme).base).toBe('https://acme.example');
    expect(registryOf({ paths, env }, other).base).toBe(base);
    expect(registryOf({ paths, env }, acme, { '@acme': base }).base).toBe('https://acme.example');
    expect(registryOf({ paths, env }, other, { '@other': 'https://acme.example' }).base).toBe(
      'https://acme.example',
    );
    expect(() => registryOf({ paths, env }, other, { '@other': 'https://new.example' })).toThrow(
      /not pinned on this host/,
    );
    await expect(pinRegistry(paths, base, makeRoot(), [acme])).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it('prefers the environment’s base for what names no scope', () => {
    const { paths } = world();
    expect(registryBaseOf(paths, {})).toBe('http://localhost:4880');
    expect(registryBaseOf(paths, { SKILLGATE_REGISTRY: 'https://x.example/' })).toBe(
      'https://x.example',
    );
    expect(() => registryBaseOf(paths, { SKILLGATE_REGISTRY: 'http://x.example' })).toThrow(
      /this machine only/,
    );
  });
});

describe('skillgate registry init', () => {
  it('makes a folder with the keys of the registry and not the administrator’s', async () => {
    const { env, home } = world();
    const folder = join(folderWith(), 'data');
    const ran = await skill(['registry', 'init', folder, '--origin', 'localhost'], { env });
    const root = parseRoot(readFileSync(join(folder, 'root.json')));
    expect(ran).toMatchObject({ exit: 0, stdout: `${rootFingerprint(root)}\n` });
    const administrator = readFileSync(join(home, 'config/keys/administrator.json'), 'utf8');
    const secret = JSON.parse(administrator).privateKey.split('\n')[2];
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    ))
      expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(secret);
  });

  it('closes a folder that was there already, and leaves the scanner’s key to another machine where it is told to', async () => {
    const { env } = world();
    const folder = folderWith();
    chmodSync(folder, 0o755);
    const ran = await skill(['registry', 'init', folder, '--origin', 'localhost', '--no-scanner'], {
      env,
    });
    expect(ran).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('skillgate member add watcher --role scanner'),
    });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).not.toContain('scanner-key.json');
    expect(readdirSync(join(folder, 'enrol'))).toEqual(['00-administrator.json']);
  });

  it('asks for the passphrase of the administrator’s key at a terminal only, and makes nothing without one', async () => {
    const { env, home } = world();
    const folder = folderWith();
    const ran = await skill(['registry', 'init', folder, '--origin', 'localhost', '--passphrase'], {
      env,
    });
    expect(ran.stderr).toContain('error[not-confirmed]');
    expect([readdirSync(home), readdirSync(folder)]).toEqual([[], []]);
  });

  it.each([
    'https://skills.acme.example',
    'Skills.Acme.example',
    'skills.acme.example:443',
    '10.0.0.1',
  ])('refuses the origin %s, and says how to write a host name', async (origin) => {
    const { env, home } = world();
    const folder = folderWith();
    const ran = await skill(['registry', 'init', folder, '--origin', origin], { env });
    expect(ran).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('help: Write the host name alone'),
    });
    expect([readdirSync(home), readdirSync(folder)]).toEqual([[], []]);
  });

  it.each([
    ['a folder that holds something', ['x'], [], 'file-exists'],
    ['an origin that is no host name', [], ['--origin', 'https://x.example'], 'usage'],
    ['a threshold that one administrator cannot reach', [], ['--threshold', '2'], 'usage'],
    ['a threshold of nobody', [], ['--threshold', '0'], 'usage'],
    ['a threshold that is no number', [], ['--threshold', 'most'], 'usage'],
  ])('refuses %s and makes no key', async (_, there, options, code) => {
    const { env, home } = world();
    const folder = folderWith(Object.fromEntries(there.map((name) => [name, ''])));
    const ran = await skill(['registry', 'init', folder, '--origin', 'localhost', ...options], {
      env,
    });
    expect(ran.stderr).toContain(`error[${code}]`);
    expect(readdirSync(home)).toEqual([]);
    expect(readdirSync(folder)).toEqual(there);
  });
});
