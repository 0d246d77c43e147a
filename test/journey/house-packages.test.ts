/**
 * One lock of packages for the whole house: an operator chooses versions, skills without a lock get
 * what they require, and nobody but the operator decides what that is.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printPylock } from '../../cli/packages/resolve-python.ts';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { lockedEntries } from '../../skills-index/packages/require-locked.ts';
import { skill as commandLine } from '../cli/command-line.ts';
import {
  type Installer,
  lastAudited,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
} from '../cli/installer-world.ts';
import type { Said } from '../cli/skill-command.ts';
import { folderWith } from '../cli/temporary-folder.ts';
import { makeNpm, makeWheel } from '../runner/package-store/archive-maker.ts';
import { makePackageWorld } from '../runner/package-store/package-world.ts';

let network: Network;
let user: Installer;
let bin: string;
let index: string;
let advise: (name: string) => void;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  index = makePackageWorld().index;
  bin = folderWith({ uv: tool('pylock.toml'), npm: tool('package-lock.json') });
  for (const name of ['uv', 'npm']) chmodSync(join(bin, name), 0o755);
  const advisories = join(user.home, 'osv');
  mkdirSync(join(advisories, 'PyPI'), { recursive: true });
  mkdirSync(join(user.home, 'config'), { recursive: true });
  const indexes = { python: { url: `file://${index}` }, npm: { url: npmIndex, minimumAgeDays: 0 } };
  writeFileSync(join(user.home, 'config/host.json'), JSON.stringify({ indexes, advisories }));
  advise = (name) => {
    const affected = [{ package: { ecosystem: 'PyPI', name }, versions: ['1.0'] }];
    const text = JSON.stringify({ id: 'MAL-2026-1', summary: 'steals keys', affected });
    writeFileSync(join(advisories, 'PyPI', 'MAL-2026-1.json'), text);
  };
});
afterEach(() => {
  user.close();
  network.close();
});

/** A resolver that writes the lock which the test prepared. */
const tool = (lock: string): string => `#!/bin/sh
if [ "$1" = --version ]; then echo "uv 0.9.9 (abc)"; else cat "$(dirname "$0")/${lock}" > ${lock}; fi
`;
const npmIndex = 'http://127.0.0.1:4873/';

function wheel(name: string, version: string, text: string, ...needs: string[]): LockedPackage {
  const metadata = [
    `Name: ${name}`,
    `Version: ${version}`,
    ...needs.map((one) => `Requires-Dist: ${one}`),
  ];
  const bytes = makeWheel({
    name,
    version,
    files: { [`${name}.py`]: text },
    metadata: `Metadata-Version: 2.1\n${metadata.join('\n')}\n\n`,
  });
  const file = `${name}-${version}-py3-none-any.whl`;
  writeFileSync(join(index, file), bytes);
  const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
  return { ecosystem: 'python', name, version, files: [{ name: file, hash, size: bytes.length }] };
}

const world = (version = '1.0'): LockedPackage[] => [
  wheel('base', version, `v = 'base ${version}'`),
  wheel('other', version, `v = 'other ${version}'`),
  wheel('top', version, `import base; v = 'top on ' + base.v`, 'base>=1'),
];

function house(verb: string, locked: readonly LockedPackage[], ...words: string[]): Promise<Said> {
  writeFileSync(join(bin, 'pylock.toml'), printPylock(locked, new Map()));
  return host(verb, ...words);
}

function host(verb: string, ...words: string[]): Promise<Said> {
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  return user.runWith({ env, fetch: fetchWithNpm }, 'host', 'packages', verb, ...words);
}

/** The paths of all files and folders of the store. */
const storedFiles = (): string[] =>
  readdirSync(join(user.home, 'data/packages'), { recursive: true }).map(String).sort();

const fetchWithNpm: typeof fetch = async (input, init) => {
  const url = String(input);
  if (!url.startsWith(npmIndex)) return network.fetch(input, init);
  return new Response(readFileSync(join(index, url.slice(url.lastIndexOf('/') + 1))));
};

const code = `import importlib.util, sys
for name in ('base', 'other', 'top'):
    print(name, importlib.import_module(name).v if importlib.util.find_spec(name) else 'absent')
`;

async function publish(
  requires: readonly string[],
  { version = '1.0.0', name = '@acme/one', text = code, group = {} as object, files = {} } = {},
): Promise<void> {
  const python = { requires, why: 'draws', lock: 'house', ...group };
  const commands = { report: 'scripts/report.py' };
  const all = { 'scripts/report.py': text, ...files };
  await release(
    network,
    makeReportSkill(name, { version, commands, packages: { python }, files: all }),
  );
}

describe('a skill that leaves versions to the host', () => {
  it('sees what it requires of the house, and neither the rest nor another skill’s lock', async () => {
    expect(await house('add', world(), 'python', 'top', 'other')).toMatchObject({
      exit: 0,
      out: 'python + base 1.0\npython + other 1.0\npython + top 1.0\n',
    });
    expect((await host('list')).out).toBe(
      'python: 3 packages, for top, other\n  base 1.0\n  other 1.0\n  top 1.0\n',
    );
    await publish(['top>=1']);
    await publish(['other'], { name: '@acme/two' });
    const [own] = world('2.0');
    if (own === undefined) throw new Error('no package');
    const lock = { lock: 'pylock.toml', locked: lockedEntries([own]) };
    const files = { 'pylock.toml': printPylock([own], new Map()) };
    await publish(['base'], { name: '@acme/three', group: lock, files });
    const outputs: string[] = [];
    for (const name of ['@acme/one', '@acme/two', '@acme/three']) {
      const said = await user.run('install', name);
      expect(said).toMatchObject({ exit: 0 });
      outputs.push((await user.run('run', name, 'report')).out);
    }
    expect(outputs).toEqual([
      'base base 1.0\nother absent\ntop top on base 1.0\n',
      'base absent\nother other 1.0\ntop absent\n',
      'base base 2.0\nother absent\ntop absent\n',
    ]);
    expect((await user.run('run', '--plan', '@acme/one', 'report')).out).toContain(
      'packages\n  python: base 1.0, top 1.0\n      chosen by this host; each file compared with what was fetched\n',
    );
    const { out } = await user.run('run', '--plan', '--format', 'json', '@acme/one', 'report');
    const digests = world().map((one) => lockedEntries([one])[one.name]);
    expect(JSON.parse(out)).toMatchObject({
      packages: [{ packages: [`base ${digests[0]}`, `top ${digests[2]}`] }],
    });
  });

  it('gets the versions of an update at its next start, and keeps its own while it runs', async () => {
    await house('add', world(), 'python', 'top', 'other');
    await publish(['top>=1'], {
      text: `import sys\nprint('started', flush=True)\nsys.stdin.read()\n${code}`,
    });
    await user.run('install', '@acme/one');
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    const env = { SKILLGATE_HOME: user.home, NO_COLOR: '1' };
    const given = { env, cwd: user.project, fetch: network.fetch, now: network.now, stdin };
    const running = commandLine(['run', '--stdin', '@acme/one', 'report'], given);
    await expect
      .poll(() => lastAudited(user), { timeout: 60_000 })
      .toMatchObject({ event: 'start' });
    const stored = storedFiles();
    expect(stored.length).toBeGreaterThan(3);
    expect(await house('update', world('2.0'), '--dry-run')).toMatchObject({
      out: 'python   base 1.0 → 2.0\npython   other 1.0 → 2.0\npython   top 1.0 → 2.0\n',
      err: expect.stringMatching(/Nothing was changed, because of --dry-run.*Nothing was stored/s),
    });
    expect(storedFiles()).toEqual(stored);
    expect((await host('list')).out).toContain('top 1.0');
    expect(await house('update', world('2.0'))).toMatchObject({ exit: 0 });
    stdin.end();
    expect((await running).stdout).toBe(
      'started\nbase base 1.0\nother absent\ntop top on base 1.0\n',
    );
    expect((await user.run('run', '@acme/one', 'report')).out).toContain('top top on base 2.0');
    // What no skill used for long goes, and what the house may need stays.
    const later = () => new Date(network.now().getTime() + 400 * 86_400_000);
    expect(await user.runWith({ now: later }, 'packages', 'clean')).toMatchObject({ exit: 0 });
    await publish(['other>=2'], { name: '@acme/two' });
    await user.run('install', '@acme/two');
    expect((await user.run('run', '@acme/two', 'report')).out).toContain('other other 2.0');
  });

  it('of npm gets what Node finds for it', async () => {
    const entry = (name: string, dependencies = {}) => {
      const bytes = makeNpm({ name, version: '1.0.0' }, { 'index.js': `exports.v = '${name}'` });
      writeFileSync(join(index, `${name}-1.0.0.tgz`), bytes);
      const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
      return { version: '1.0.0', integrity, dependencies };
    };
    const packages = {
      '': { dependencies: { a: '*', c: '*' } },
      'node_modules/a': entry('a', { b: '1' }),
      'node_modules/b': entry('b'),
      'node_modules/c': entry('c'),
    };
    writeFileSync(join(bin, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
    expect(await host('add', 'npm', 'a', 'c')).toMatchObject({ exit: 0 });
    const npm = { requires: ['a@^1'], why: 'writes', lock: 'house' };
    const text = `for (const name of ['a', 'b', 'c'])
  try { console.log((await import(name)).default.v); } catch { console.log(name, 'absent'); }`;
    await release(
      network,
      makeReportSkill('@acme/one', {
        commands: { report: 'scripts/report.mjs' },
        packages: { npm },
        files: { 'scripts/report.mjs': text },
      }),
    );
    expect(await user.run('install', '@acme/one')).toMatchObject({ exit: 0 });
    expect((await user.run('run', '@acme/one', 'report')).out).toBe('a\nb\nc absent\n');
  });
});

describe('nobody but the operator decides', () => {
  it('a house that lacks a requirement refuses, and the audit log says which', async () => {
    await house('add', world(), 'python', 'top', 'other');
    await publish(['top>=1']);
    await user.run('install', '@acme/one');
    const [base, other] = world();
    if (base === undefined || other === undefined) throw new Error('no package');
    expect((await house('remove', [base, other], 'python', 'top')).out).toBe('python - top 1.0\n');
    const said = await user.run('run', '@acme/one', 'report');
    expect(said).toMatchObject({ exit: 6, out: '' });
    expect(said.err).toContain(
      'skill.json requires top>=1, and the packages of this host have no top',
    );
    expect(said.err).toContain("The operator: skillgate host packages add python 'top>=1'");
    expect(lastAudited(user)).toMatchObject({ event: 'refused', code: 'package-not-in-house' });
    expect((await user.run('install', '@acme/one')).err).toContain('package-not-in-house');
  });

  it('a skill that was approved with a lock stops an update that leaves versions to the host', async () => {
    const [base] = world();
    if (base === undefined) throw new Error('no package');
    await house('add', world(), 'python', 'top', 'other');
    const lock = { lock: 'pylock.toml', locked: lockedEntries([base]) };
    await publish(['base'], {
      group: lock,
      files: { 'pylock.toml': printPylock([base], new Map()) },
    });
    await user.run('install', '@acme/one');
    await publish(['base'], { version: '1.1.0' });
    const update = await user.run('update', '@acme/one');
    expect(update).toMatchObject({ exit: 6 });
    expect(`${update.out}${update.err}`).toContain(
      '+ package python base, version chosen by the host',
    );
    expect((await user.run('list')).out).toContain('1.0.0');
  });

  it.each([
    ['house.json that others may write', 'house.json', 0o666],
    ['a folder that others may write', '.', 0o777],
  ])('%s refuses the start, but not of a skill with a lock of its own', async (_, path, mode) => {
    const [base] = world();
    if (base === undefined) throw new Error('no package');
    await house('add', world(), 'python', 'top', 'other');
    await publish(['top>=1']);
    const lock = { lock: 'pylock.toml', locked: lockedEntries([base]) };
    const files = { 'pylock.toml': printPylock([base], new Map()) };
    await publish(['base'], { name: '@acme/two', group: lock, files });
    for (const name of ['@acme/one', '@acme/two']) await user.run('install', name);
    chmodSync(join(user.home, 'config/house', path), mode);
    const said = await user.run('run', '@acme/one', 'report');
    expect(said).toMatchObject({ exit: 2, out: '' });
    expect(said.err).toMatch(/host-policy-invalid.*other users may write to it/s);
    expect((await host('list')).exit).toBe(2);
    for (const words of [
      ['install', '@acme/two'],
      ['run', '@acme/two', 'report'],
    ])
      expect(await user.run(...words)).toMatchObject({ exit: 0 });
  });

  it('a lock that differs from house.json puts nothing together', async () => {
    await house('add', world(), 'python', 'top', 'other');
    const lock = join(user.home, 'config/house/pylock.toml');
    writeFileSync(lock, printPylock(world('2.0'), new Map()));
    await publish(['top>=1']);
    const said = await user.run('install', '@acme/one');
    expect(said).toMatchObject({ exit: 2 });
    expect(said.err).toMatch(/pylock\.toml: it differs from .*house\.json/);
  });

  it('an advisory on other versions of a package refuses nothing', async () => {
    const file = join(user.home, 'config/host.json');
    const policy = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...policy, packages: { vulnerable: 'refuse' } }));
    const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '0.9' }] }];
    const affected = [{ package: { ecosystem: 'PyPI', name: 'top' }, ranges }];
    const text = JSON.stringify({ id: 'GHSA-old', summary: 'old', affected });
    writeFileSync(join(user.home, 'osv/PyPI/GHSA-old.json'), text);
    await house('add', world(), 'python', 'top', 'other');
    await publish(['top>=1']);
    await user.run('install', '@acme/one');
    expect(await user.run('run', '@acme/one', 'report')).toMatchObject({ exit: 0 });
    const newer = text.replace('0.9', '2.0');
    writeFileSync(join(user.home, 'osv/PyPI/GHSA-old.json'), newer);
    const said = await user.run('run', '@acme/one', 'report');
    expect(said.err).toMatch(/package-vulnerable.*GHSA-old names top 1\.0 of python/);
    expect(said.err).toContain('skillgate host packages update');
    expect(said.err).toContain('skillgate host advisories add allow GHSA-old');
    const audit = await user.run('packages', 'audit');
    expect(audit.out).toContain('The lock of this host has such versions: skillgate host packages');
    expect(audit.out).not.toContain('Ask the authors');
    const alias = await user.run('host', 'advisories', 'add', 'allow', 'CVE-2026-1');
    expect(alias.err).toMatch(/no advisory with the id CVE-2026-1 .*packages: GHSA-old/s);
    const own = await user.run('host', 'advisories', 'add', 'allow', 'GHSA-old');
    expect(own.err).not.toContain('no advisory with the id');
    expect(await user.run('run', '@acme/one', 'report')).toMatchObject({ exit: 0 });
  });

  it('a package whose needs no start could read is not added, and the house stays as it was', async () => {
    await house('add', world(), 'python', 'top', 'other');
    const odd = wheel('odd', '1.0', '', `base>=1${',!=1.0.1'.repeat(100)}`);
    expect((await house('add', [...world(), odd], 'python', 'odd')).exit).toBe(2);
    expect((await host('list')).out).toContain('python: 3 packages, for top, other');
  });

  it('an extra that no version has is not added', async () => {
    const said = await house('add', world(), 'python', 'top[fast]');
    expect(said.err).toMatch(
      /package-unresolved.*this host asks for top\[fast\], and top 1\.0 has no extra fast/,
    );
    expect((await host('list')).out).toContain('This host has no packages of its own');
  });

  it('a package that goes with no other versions only lets the others change', async () => {
    await house('add', world(), 'python', 'top', 'other');
    writeFileSync(
      join(bin, 'uv'),
      tool('pylock.toml').replace('else', 'elif grep -q == constraints.txt; then exit 1; else'),
    );
    const said = await house('add', world('2.0'), 'python', 'other>=2');
    expect(said.err).toContain('the new packages need other versions of packages that are there');
    expect(said.out).toContain('python   top 1.0 → 2.0');
    writeFileSync(join(bin, 'uv'), tool('pylock.toml').replace('else', 'else exit 1;'));
    const none = await house('add', world('2.0'), 'python', 'tpo');
    expect(none.err).toContain('package-unresolved');
    expect(none.err).not.toContain('the new packages need other versions');
  });

  it('a malicious package is not added, and stops each skill that gets it', async () => {
    advise('base');
    const refused = await house('add', world(), 'python', 'top', 'other');
    expect(refused.err).toMatch(/package-malicious.*MAL-2026-1 names base 1\.0 of python/);
    expect((await host('list')).out).toContain('This host has no packages of its own');
    advise('nothing');
    await house('add', world(), 'python', 'top', 'other');
    await publish(['top>=1']);
    await publish(['other'], { name: '@acme/two' });
    for (const name of ['@acme/one', '@acme/two']) await user.run('install', name);
    advise('base');
    const said = await user.run('run', '@acme/one', 'report');
    expect(said.err).toMatch(/package-malicious.*MAL-2026-1 names base 1\.0 of python/);
    expect(said.err).toContain('The operator takes other versions: skillgate host packages update');
    expect(lastAudited(user)).toMatchObject({ event: 'refused', code: 'package-malicious' });
    const update = await house('update', world());
    expect(update.err).toContain('Cannot update the packages: the advisory MAL-2026-1 names base');
    expect(update.err).toContain('skillgate host packages add python base with versions');
    expect(update.err).not.toContain('skillgate host packages update');
    expect(await user.run('run', '@acme/two', 'report')).toMatchObject({ exit: 0 });
  });

  const refused = [
    'add python evil@https://evil.example/evil.whl',
    'add python --index-url',
    'add python top=1.0',
    'add python top=>1',
    'add npm github:owner/evil',
    'add cargo serde',
    'remove python never-added',
    'update',
  ];
  it('what is no package changes nothing', async () => {
    for (const line of refused) {
      const [verb = '', ...words] = line.split(' ');
      const said = await house(verb, world(), ...words);
      expect(said.exit, line).toBeGreaterThan(0);
      expect((await host('list')).out, line).toContain('This host has no packages of its own');
    }
  });
});
