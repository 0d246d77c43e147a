/**
 * Packages in a real sandbox: what a skill gets of them, and what a hostile package cannot do. Each
 * attack would succeed in an ordinary installation of the package.
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bubblewrap } from '../../runner/bubblewrap/bubblewrap.ts';
import type { SetRecord } from '../../runner/packages/stored-set.ts';
import { type LockedPackage, lockedDigest } from '../../skills-index/packages/locked-package.ts';
import { lockedEntries } from '../../skills-index/packages/require-locked.ts';
import { makePackageWorld, type PackageWorld } from '../runner/package-store/package-world.ts';
import {
  makeTestHost,
  requestFor,
  runTest,
  type TestHost,
  type TestRun,
} from './sandbox-fixture.ts';

let host: TestHost;
let world: PackageWorld;
beforeEach(() => {
  host = makeTestHost();
  world = makePackageWorld(host.paths.data, bubblewrap());
});
afterEach(() => host.remove());

const lockNames = { python: 'pylock.toml', npm: 'package-lock.json' } as const;

/** `packages` of skill.json for these packages. */
function declare(...packages: LockedPackage[]): object {
  const ecosystems = new Set(packages.map(({ ecosystem }) => ecosystem));
  return Object.fromEntries(
    [...ecosystems].map((ecosystem) => {
      const own = packages.filter((one) => one.ecosystem === ecosystem);
      const requires = own.map(({ name }) => name);
      return [
        ecosystem,
        { requires, why: 'test', lock: lockNames[ecosystem], locked: lockedEntries(own) },
      ];
    }),
  );
}

async function run(
  file: string,
  text: string,
  packages: readonly LockedPackage[],
  more: Parameters<typeof runTest>[2] = {},
): Promise<TestRun> {
  return runTest(host, { files: { [file]: text }, packages: declare(...packages) }, more);
}

describe('a run has its packages', () => {
  it('of Python, with their byte code, and nothing can change them', async () => {
    const one = world.wheel('one', {
      'one/__init__.py': 'from .deep import x\n',
      'one/deep.py': 'x = 7\n',
    });
    await world.ready(one);
    const code = `import one, os, sys
print(one.x, one.__file__, one.__cached__, os.path.exists(one.__cached__))
import importlib.metadata; print(importlib.metadata.version('one'))
for path in (one.__file__, one.__cached__, '/packages/python/new.py', '/packages/new'):
    for act in (lambda: open(path, 'w'), lambda: os.chmod(path, 0o777), lambda: os.remove(path)):
        try: act(); print('changed', path)
        except OSError: pass
print(os.listdir('/packages'), [n for n in ('MPLBACKEND', 'MPLCONFIGDIR') if n in os.environ])`;
    const ran = await run('probe.py', code, [one]);
    expect(ran).toMatchObject({
      stderr: '',
      stdout: `7 /packages/python/one/__init__.py /packages/python/one/__pycache__/__init__.cpython-${versionOf(ran)}.pyc True
1.0
['python'] ['MPLBACKEND', 'MPLCONFIGDIR']
`,
    });
    expect(host.audit().find(({ event }) => event === 'start')).toMatchObject({
      notes: expect.arrayContaining([
        expect.stringMatching(/^packages of python: 1 in set [0-9a-f]{12}$/),
      ]),
    });
    expect(ran.plan.packages).toMatchObject([
      {
        ecosystem: 'python',
        target: '/packages/python',
        packages: [expect.stringMatching(/^one 1\.0 sha256:/)],
      },
    ]);
  });

  it('of npm, for import and for require', async () => {
    const [a, b] = [
      world.npm('a', { 'index.js': "module.exports = require('b') + 1" }),
      world.npm('b', { 'index.js': 'module.exports = 41' }, ['node_modules/a/node_modules/b']),
    ];
    await world.ready(a, b);
    const code = `import a from 'a'; import { createRequire } from 'node:module';
console.log(a, createRequire(import.meta.url)('a'));
try { createRequire(import.meta.url)('b'); console.log('nested found'); } catch { console.log('not found'); }`;
    expect(await run('probe.mjs', code, [a, b])).toMatchObject({
      stderr: '',
      stdout: '42 42\nnot found\n',
    });
  });

  it('beside unix sockets of its own', async () => {
    const one = world.wheel('one', { 'one.py': '' });
    await world.ready(one);
    const code = `import one, socket
a = socket.socket(socket.AF_UNIX); a.bind('/tmp/s'); a.listen(); print('listens')`;
    expect(await run('probe.py', code, [one])).toMatchObject({ stderr: '', stdout: 'listens\n' });
  });
});

function versionOf({ plan }: TestRun): string {
  const path = plan.programs.find(({ program }) => program === 'python3')?.path ?? '';
  return (/python3\.(\d+)/.exec(path)?.[1] ?? '').replace(/^/, '3');
}

describe('a hostile package', () => {
  it('sees nothing but what the skill sees', async () => {
    writeFileSync(join(host.folder, 'secret'), 'secret');
    const spy = `import os, socket
seen = [p for p in ('${host.folder}', '${host.paths.data}', '/root', '/etc/shadow') if os.path.exists(p)]
def reach():
    try: socket.create_connection(('198.51.100.1', 80), 1); return 'reached'
    except OSError: return 'no network'
state = (seen, reach(), sorted(n for n in os.environ if 'SECRET' in n or 'SKILLGATE_' in n), os.getuid() != 0)
`;
    const one = world.wheel('one', { 'one.py': spy });
    await world.ready(one);
    expect(await run('probe.py', 'import one\nprint(one.state)', [one])).toMatchObject({
      stderr: '',
      stdout: "([], 'no network', [], True)\n",
    });
  });

  it('runs no code at a start of Python, and none at its installation', async () => {
    const mark = join(host.folder, 'mark');
    const write = `open('${mark}', 'w'); print('started')`;
    const one = world.wheel('one', {
      'one.py': '',
      'one.pth': `import os; ${write}\n`,
      'setup.py': write,
      'broken.py': 'def (',
      'deep.py': `x = ${'('.repeat(5_000)}1${')'.repeat(5_000)}`,
    });
    await world.ready(one);
    expect(await run('probe.py', 'print("only this")', [one])).toMatchObject({
      stderr: '',
      stdout: 'only this\n',
    });
    expect(existsSync(mark)).toBe(false);
  });

  it('runs no script at its installation by npm', async () => {
    const mark = join(host.folder, 'mark');
    const scripts = {
      preinstall: `touch ${mark}`,
      install: `touch ${mark}`,
      postinstall: `touch ${mark}`,
    };
    const one = world.npm('one', {
      'package.json': JSON.stringify({ name: 'one', version: '1.0.0', scripts }),
    });
    await world.ready(one);
    expect(await run('probe.mjs', 'console.log(7)', [one])).toMatchObject({
      stderr: '',
      stdout: '7\n',
    });
    expect(existsSync(mark)).toBe(false);
  });
});

describe('a start is refused', () => {
  const probe = { file: 'probe.py', text: 'import one\nprint("started")' };

  it('when the packages are not on this host, with the line to type', async () => {
    const one = world.wheel('one', { 'one.py': '' });
    await expect(run(probe.file, probe.text, [one])).rejects.toMatchObject({
      code: 'packages-missing',
      message: 'Cannot run @acme/probe: this host does not have its packages of python',
      hint: 'skillgate install @acme/probe',
    });
    expect(host.audit().at(-1)).toMatchObject({
      event: 'refused',
      code: 'packages-missing',
    });
  });

  it('when a file of the packages has changed, until they are stored anew', async () => {
    const one = world.wheel('one', { 'one.py': '' });
    await world.ready(one);
    const fact = world.find(one);
    const path = join('path' in fact ? fact.path : '', 'one.py');
    chmodSync(path, 0o644);
    writeFileSync(path, 'print("evil")');
    chmodSync(path, 0o444);
    await expect(run(probe.file, probe.text, [one])).rejects.toMatchObject({
      code: 'packages-damaged',
      message: 'Cannot run @acme/probe: one.py of its stored packages has changed',
      hint: 'skillgate install @acme/probe',
    });
    await world.ready(one);
    expect(await run(probe.file, probe.text, [one])).toMatchObject({ stdout: 'started\n' });
  });

  it('when python3 has changed since the packages were stored', async () => {
    const one = world.wheel('one', { 'one.py': '' });
    await world.ready(one);
    const fact = world.find(one);
    const record = join('path' in fact ? fact.path : '', '..', 'set.json');
    const set = JSON.parse(readFileSync(record, 'utf8')) as SetRecord;
    writeFileSync(record, JSON.stringify({ ...set, python: 'another' }));
    await expect(run(probe.file, probe.text, [one])).rejects.toMatchObject({
      code: 'packages-missing',
      message:
        'Cannot run @acme/probe: python3 of this host has changed since its packages were stored',
    });
  });

  it('for a lock with other files under the same names', async () => {
    const one = world.wheel('one', { 'one.py': '' });
    await world.ready(one);
    const other = world.wheel('one', { 'one.py': 'evil' });
    await expect(run(probe.file, probe.text, [other])).rejects.toMatchObject({
      code: 'packages-missing',
    });
  });
});

it('a package that no reviewer approved leaves all packages of its ecosystem out', async () => {
  const [one, two] = [world.wheel('one', { 'one.py': '' }), world.wheel('two', { 'two.py': '' })];
  await world.ready(one, two);
  const skill = {
    files: {
      'probe.py':
        'import os\nprint(os.path.exists("/packages/python"), "PYTHONPATH" in os.environ)',
    },
    packages: declare(one, two),
  };
  const { approved } = requestFor(host, skill);
  const fewer = {
    ...approved,
    package: (approved.package ?? []).filter(({ name }) => name === 'one'),
  };
  const ran = await runTest(host, skill, { approved: fewer });
  expect(ran.stdout).toBe('False False\n');
  expect(ran.plan.leftOut.map(({ reason }) => reason)).toEqual([
    'no reviewer approved it',
    'packages of python are given together, and 1 of them is left out',
  ]);
});

describe('packages that the host chose', () => {
  const probe = { 'probe.py': 'import os\nprint(os.path.exists("/packages/python"))' };
  const entryOf = (one: LockedPackage) => ({ ...one, digest: lockedDigest(one) });

  it('are there for a skill that leaves versions to the host, and only for such a skill', async () => {
    const [one, two] = [world.wheel('one', { 'one.py': '' }), world.wheel('two', { 'two.py': '' })];
    await world.ready(one);
    await world.ready(two);
    const house = { python: [entryOf(two)] };
    const left = { python: { requires: ['two'], why: 'test', lock: 'house' } };
    const ran = await runTest(host, { files: probe, packages: left }, { house });
    expect(ran.stdout).toBe('True\n');
    expect(ran.plan.packages).toMatchObject([
      {
        packages: [`two 1.0 ${lockedDigest(two)}`],
        isHouse: true,
        reason: 'chosen by this host; each file compared with what was fetched',
      },
    ]);
    expect(host.audit().find(({ event }) => event === 'start')).toMatchObject({
      notes: expect.arrayContaining([`chosen by this host: two 1.0 ${lockedDigest(two)}`]),
    });
    const own = await runTest(host, { files: probe, packages: declare(one) }, { house });
    expect(own.plan.packages).toMatchObject([{ packages: [`one 1.0 ${lockedDigest(one)}`] }]);
  });

  it('are not there without the grant of each requirement, or without a choice', async () => {
    const two = world.wheel('two', { 'two.py': '' });
    await world.ready(two);
    const house = { python: [entryOf(two)] };
    const left = { python: { requires: ['two', 'one'], why: 'test', lock: 'house' } };
    const skill = { files: probe, packages: left };
    const { approved } = requestFor(host, skill);
    const all = approved.package ?? [];
    const pinned = all.map((one) => ({ ...one, version: '1.0', digest: lockedDigest(two) }));
    for (const granted of [all.filter(({ name }) => name === 'two'), pinned]) {
      const ran = await runTest(host, skill, {
        house,
        approved: { ...approved, package: granted },
      });
      expect(ran.stdout).toBe('False\n');
    }
    await expect(runTest(host, skill)).rejects.toMatchObject({ code: 'packages-missing' });
  });
});

it('a variable of the skill cannot lead Python or Node to other packages', async () => {
  const one = world.wheel('one', { 'one.py': 'x = "real"\n' });
  await world.ready(one);
  const env = ['PYTHONPATH', 'PYTHONHOME', 'NODE_PATH'].map((name) => ({ name, why: 'test' }));
  const skill = {
    files: { 'probe.py': 'import one\nprint(one.x)' },
    packages: declare(one),
    capabilities: { env },
  };
  const policy = { env: { PYTHONPATH: '/tmp', PYTHONHOME: '/tmp', NODE_PATH: '/tmp' } };
  const ran = await runTest(host, skill, {}, policy);
  expect(ran.stdout).toBe('real\n');
  expect(ran.plan.leftOut).toHaveLength(3);
});
