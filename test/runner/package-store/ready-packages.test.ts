import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { storeFolder } from '../../../runner/package-store/store.ts';
import type { LockedPackage } from '../../../skills-index/packages/locked-package.ts';
import { makePackageWorld, type PackageWorld } from './package-world.ts';

/** The folder of the set; the test fails when there is none. */
function treeOf(world: PackageWorld, ...packages: LockedPackage[]): string {
  const fact = world.find(...packages);
  if ('why' in fact) throw new Error(fact.why);
  return fact.path;
}

const noByteCode =
  'the packages have no byte code, so each start compiles them: this test has no sandbox';

describe('the packages of a skill', () => {
  it('of Python are stored as one read-only folder', async () => {
    const world = makePackageWorld();
    const [a, b] = [
      world.wheel('one', {
        'one/__init__.py': 'x = 1\n',
        // A package may have its own module in two forms.
        'one/fast.py': '',
        'one/fast.abi3.so': '',
        'shared/__init__.py': '',
      }),
      world.wheel('two', {
        'two.py': 'y = 2\n',
        'shared/__init__.py': '',
        'start.pth': 'import os',
      }),
    ];
    expect(world.find(a, b)).toEqual({
      code: 'packages-missing',
      why: 'this host does not have its packages of python',
    });
    const ready = await world.ready(a, b);
    expect(ready).toMatchObject({
      fetched: 2,
      from: [`file://${world.index}`],
      notes: [
        'two-1.0-py3-none-any.whl: left out path files, which would run code at each start: start.pth',
        noByteCode,
      ],
      sets: [{ ecosystem: 'python', native: 1, packages: [{ name: 'one' }, { name: 'two' }] }],
    });
    const tree = treeOf(world, a, b);
    expect(fs.readdirSync(tree).sort()).toEqual([
      'one',
      'one-1.0.dist-info',
      'shared',
      'two-1.0.dist-info',
      'two.py',
    ]);
    const modes = ['', 'one', 'two.py'].map((path) => fs.statSync(join(tree, path)).mode & 0o777);
    expect(modes).toEqual([0o555, 0o555, 0o444]);
    expect(fs.readdirSync(join(storeFolder(world.data), 'new'))).toEqual([]);
  });

  it.each(['python', 'npm'] as const)(
    'of %s are not taken from the store under another name or version',
    async (ecosystem) => {
      const world = makePackageWorld();
      const made = (name: string): LockedPackage =>
        ecosystem === 'python' ? world.wheel(name, { 'x.py': '' }) : world.npm(name, { x: '' });
      const bad = made('bad');
      const good = made('good');
      await world.ready(bad);
      const [file] = bad.files;
      const files = good.files.map(({ name }) => ({
        ...file,
        name,
        hash: file?.hash ?? 'sha256:',
      }));
      await expect(world.ready({ ...good, files })).rejects.toMatchObject({
        code: 'package-differs',
      });
    },
  );

  it('of npm are placed as the lock says', async () => {
    const world = makePackageWorld();
    const [a, old, young] = [
      world.npm('a', { 'index.js': 'a' }),
      world.npm('b', { 'index.js': 'old' }, [
        'node_modules/a/node_modules/b',
        'node_modules/c/node_modules/b',
      ]),
      world.npm('b', { 'index.js': 'young' }, undefined, '2.0.0'),
    ];
    await world.ready(a, old, young);
    const tree = treeOf(world, a, old, young);
    const read = (path: string): string => fs.readFileSync(join(tree, path, 'index.js'), 'utf8');
    expect(['a', 'b', 'a/node_modules/b', 'c/node_modules/b'].map(read)).toEqual([
      'a',
      'young',
      'old',
      'old',
    ]);
  });

  it('are fetched once for all skills, and linked', async () => {
    const world = makePackageWorld();
    const [a, b] = [
      world.wheel('one', { 'one.py': 'x = 1\n' }),
      world.wheel('two', { 'two.py': '' }),
    ];
    await world.ready(a);
    expect(await world.ready(a, b)).toMatchObject({ fetched: 1 });
    expect(await world.ready(a, b)).toMatchObject({ fetched: 0, notes: [] });
    const [alone, both] = [treeOf(world, a), treeOf(world, a, b)].map((tree) =>
      join(tree, 'one.py'),
    );
    expect(fs.statSync(alone ?? '').ino).toBe(fs.statSync(both ?? '').ino);
    // Another set with the same file changed the state of the file, and the set is still whole.
    expect(world.find(a)).toHaveProperty('path');
  });

  it('of Python get their byte code each in a sandbox of its own', async () => {
    const seen: string[][] = [];
    // The first package ends the interpreter, and the second writes for the first one, too.
    const line = (path: string): string => `${path.length} 4\n${path}`;
    const says: Readonly<Record<string, string>> = {
      'one.py': '',
      'two.py': `${line('two.py')}code${line('one.py')}evil`,
    };
    const world = makePackageWorld(undefined, {
      name: 'fake',
      gives: [],
      checks: [],
      start: ({ folders = [] }) => {
        const modules = folders
          .flatMap(({ path }) => fs.readdirSync(path))
          .filter((name) => name.endsWith('.py'));
        seen.push(modules);
        const stdout = new PassThrough();
        stdout.end(says[modules[0] ?? '']);
        return Promise.resolve({
          stdin: new PassThrough(),
          stdout,
          stderr: new PassThrough(),
          ended: once(stdout, 'end').then(() => ({ code: 0, outOfMemory: false })),
          kill: () => undefined,
          notes: [],
        });
      },
    });
    const packages = ['one', 'two'].map((name) => world.wheel(name, { [`${name}.py`]: '' }));
    await world.ready(...packages);
    expect(seen.sort()).toEqual([['one.py'], ['two.py']]);
    const made = fs.readdirSync(join(treeOf(world, ...packages), '__pycache__'));
    expect(made).toEqual([expect.stringMatching(/^two\.cpython-\d+\.pyc$/)]);
    // Byte code that changed in the store is made anew before another set has it.
    const [, two] = packages;
    const [path = ''] = fs
      .readdirSync(join(storeFolder(world.data), 'byte-code'), { recursive: true })
      .map((name) => join(storeFolder(world.data), 'byte-code', String(name)))
      .filter((name) => name.endsWith('.pyc'));
    fs.chmodSync(path, 0o644);
    fs.writeFileSync(path, 'evil');
    fs.chmodSync(path, 0o444);
    const own = two === undefined ? [] : [two];
    await world.ready(...own);
    const code = join(treeOf(world, ...own), '__pycache__', made[0] ?? '');
    expect(fs.readFileSync(code, 'utf8')).toBe('code');
  });

  it('are stored once by two installations at once', async () => {
    const world = makePackageWorld();
    const packages = Array.from({ length: 12 }, (_, at) =>
      world.wheel(`p${at}`, { [`p${at}.py`]: `${at}` }),
    );
    await Promise.all([world.ready(...packages), world.ready(...packages)]);
    expect(world.find(...packages)).toHaveProperty('path');
    expect(fs.readdirSync(join(storeFolder(world.data), 'python'))).toHaveLength(12);
  });

  it('are fetched again when an installation was killed in between', async () => {
    const world = makePackageWorld();
    const one = world.wheel('one', { 'one.py': '' });
    const left = join(storeFolder(world.data), 'new', '999999999-1-abc');
    fs.mkdirSync(left, { recursive: true });
    fs.writeFileSync(join(left, 'half'), '');
    await world.ready(one);
    expect(fs.existsSync(left)).toBe(false);
    expect(world.find(one)).toHaveProperty('path');
  });

  it('stay as they were when one of them cannot be fetched', async () => {
    const world = makePackageWorld();
    const [one, lost] = [
      world.wheel('one', { 'one.py': '' }),
      world.wheel('lost', { 'lost.py': '' }),
    ];
    fs.rmSync(join(world.index, 'lost-1.0-py3-none-any.whl'));
    await expect(world.ready(one, lost)).rejects.toMatchObject({ code: 'package-unavailable' });
    expect(world.find(one, lost)).toMatchObject({ code: 'packages-missing' });
    expect(fs.readdirSync(join(storeFolder(world.data), 'new'))).toEqual([]);
  });
});

describe('packages are refused', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    [
      'a module that runs at each start',
      { 'sitecustomize.py': 'evil()' },
      'evil 1.0 has sitecustomize.py, which would run at each start of Python',
    ],
    [
      'a folder that runs at each start',
      { 'usercustomize/__init__.py': '' },
      'evil 1.0 has usercustomize/__init__.py, which would run at each start of Python',
    ],
    [
      'a module of the standard library',
      { 'json.py': '' },
      'evil 1.0 has json.py, which would replace the module json of Python itself',
    ],
    [
      'a folder of the standard library',
      { 'email/__init__.py': '' },
      'evil 1.0 has email/__init__.py, which would replace the module email of Python itself',
    ],
    [
      'a native module of the standard library',
      { '_socket.cpython-311-x86_64-linux-gnu.so': '' },
      'which would replace the module _socket of Python itself',
    ],
    [
      'a file of another package',
      { 'one/__init__.py': 'evil()' },
      'one 1.0 and evil 1.0 both have one/__init__.py',
    ],
    [
      'machine code in the place of a module of another package',
      { 'one/deep.abi3.so': '' },
      'one 1.0 has one/deep.py, and evil 1.0 has one/deep.abi3.so: both are the module one.deep',
    ],
    [
      'a folder in the place of a module of another package',
      { 'one/deep/__init__.py': 'evil()' },
      'one 1.0 has one/deep.py, and evil 1.0 has one/deep/__init__.py',
    ],
    [
      'a module in the place of a folder of modules of another package',
      { 'space.py': 'evil()' },
      'evil 1.0 has space.py, and one 1.0 has the modules of space/',
    ],
    [
      'a file where another package has a folder',
      { one: 'x' },
      'one is a file of evil 1.0 and a folder of one 1.0',
    ],
  ])('with %s', async (_, files, why) => {
    const world = makePackageWorld();
    const packages = [
      world.wheel('one', {
        'one/__init__.py': 'x = 1\n',
        'one/deep.py': '',
        'space/one/part.py': '',
      }),
      world.wheel('evil', files),
    ];
    await expect(world.ready(...packages)).rejects.toMatchObject({
      code: 'package-unsuitable',
      message: expect.stringContaining(why),
    });
    expect(world.find(...packages)).toMatchObject({ code: 'packages-missing' });
  });

  const tamper: Record<string, readonly [(tree: string) => void, string]> = {
    'a changed file': [
      (tree) => {
        fs.chmodSync(join(tree, 'one.py'), 0o644);
        fs.writeFileSync(join(tree, 'one.py'), 'x = 2\n');
        fs.chmodSync(join(tree, 'one.py'), 0o444);
      },
      'one.py of its stored packages has changed',
    ],
    'a changed file with its earlier time': [
      (tree) => {
        const { atime, mtime } = fs.statSync(join(tree, 'one.py'));
        fs.chmodSync(join(tree, 'one.py'), 0o644);
        fs.writeFileSync(join(tree, 'one.py'), 'x = 2\n');
        fs.chmodSync(join(tree, 'one.py'), 0o444);
        fs.utimesSync(join(tree, 'one.py'), atime, mtime);
      },
      'one.py of its stored packages has changed',
    ],
    'a writable file': [
      (tree) => fs.chmodSync(join(tree, 'one.py'), 0o666),
      'one.py of its stored packages has another type or mode',
    ],
    'a link in the place of a file': [
      (tree) => {
        fs.chmodSync(tree, 0o755);
        fs.rmSync(join(tree, 'one.py'));
        fs.symlinkSync('/etc/passwd', join(tree, 'one.py'));
        fs.chmodSync(tree, 0o555);
      },
      'one.py of its stored packages has another type or mode',
    ],
    'a new file': [
      (tree) => {
        fs.chmodSync(tree, 0o755);
        fs.writeFileSync(join(tree, 'sitecustomize.py'), 'evil()');
        fs.chmodSync(tree, 0o555);
      },
      'its stored packages have the new file sitecustomize.py',
    ],
    'a missing file': [
      (tree) => {
        fs.chmodSync(tree, 0o755);
        fs.rmSync(join(tree, 'one.py'));
        fs.chmodSync(tree, 0o555);
      },
      'one.py of its stored packages is missing',
    ],
  };
  it.each(Object.entries(tamper))(
    'with %s in the store, until they are installed again',
    async (_, [act, why]) => {
      const world = makePackageWorld();
      const one = world.wheel('one', { 'one.py': 'x = 1\n' });
      await world.ready(one);
      act(treeOf(world, one));
      expect(world.find(one)).toMatchObject({
        code: 'packages-damaged',
        why: expect.stringContaining(why),
      });
      await world.ready(one);
      expect(fs.readFileSync(join(treeOf(world, one), 'one.py'), 'utf8')).toBe('x = 1\n');
    },
  );
});
