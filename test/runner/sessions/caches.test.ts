import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openViews } from '../../../runner/mounts/views.ts';
import { openWorkspace } from '../../../runner/mounts/workspace.ts';
import { clearCaches, listCaches } from '../../../runner/sessions/keep-products.ts';
import { openCaches } from '../../../runner/sessions/session.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { giveRest } from '../mounts/seen-folder.ts';

let top = '';
let folder = '';
let runs = 0;
beforeEach(() => {
  top = folderWith();
  folder = join(top, 'folder');
  fs.mkdirSync(join(folder, 'packages/one'), { recursive: true });
  if (process.getuid?.() === 0) fs.chownSync(folder, 65_534, 65_534);
});

interface Ended {
  readonly changes: readonly string[];
  /** `node_modules 2 files`. */
  readonly kept: readonly string[];
  readonly left: readonly string[];
  /** Leaves the kept products uncommitted until it is called. */
  readonly commit: () => void;
}

interface Session extends Ended {
  readonly close: () => void;
}

interface Options {
  readonly agent?: string;
  readonly overlays?: boolean;
  readonly of?: string;
  readonly id?: string;
}

let overlays = true;

/** A session that is at its end: `act` worked in its view. */
async function session(act: (view: string) => void, options: Options = {}): Promise<Session> {
  const { agent = 'coder', id, of = folder } = options;
  giveRest(folder);
  const runFolder = join(top, `run${runs++}`);
  fs.mkdirSync(runFolder);
  const views = openViews(runFolder, overlays, 1024 * 1024, { uid: 65_534, gid: 65_534 });
  const descriptor = fs.openSync(of, 0o10_200_000);
  const { dev, ino } = fs.fstatSync(descriptor);
  const mount = {
    source: 'workspace:work',
    target: '/workspace',
    path: of,
    id: id ?? `${dev}:${ino}`,
    mode: 'cow',
    reason: '',
  } as const;
  const kept = openCaches(join(top, 'agents', agent), `s${runs}`)(mount, descriptor);
  const held = await openWorkspace(descriptor, of, mount, views, [], kept);
  // A view that cannot be an overlay would be a copy.
  expect(held.view.below === undefined).toBe(overlays);
  const view = `/proc/${process.pid}/fd/${held.view.pin}`;
  act(view);
  giveRest(view);
  const { changes, products } = await held.collect(() => undefined);
  const found = await kept?.keep(held.view, products);
  return {
    changes: changes.map(({ path }) => path).sort(),
    kept: (found?.kept ?? []).map(({ files, path }) => `${path} ${files} files`),
    left: (found?.left ?? []).map(({ path, why }) => `${path}: ${why}`),
    commit: () => found?.commit(),
    close: () => {
      kept?.close();
      views.close();
    },
  };
}

/** A session that ends as sessions do. */
async function done(act: (view: string) => void, options: Options = {}): Promise<Ended> {
  const one = await session(act, options);
  one.commit();
  one.close();
  return one;
}

const write =
  (path: string, text = 'x') =>
  (view: string) => {
    fs.mkdirSync(`${view}/${path}`.replace(/[^/]*$/, ''), { recursive: true });
    fs.writeFileSync(`${view}/${path}`, text);
  };
const nothing = (): void => undefined;
const both =
  (...acts: ((view: string) => void)[]) =>
  (view: string): void =>
    acts.forEach((act) => void act(view));

/** The paths that the next session sees below a folder. */
async function seen(path: string, options: Options = {}): Promise<string[]> {
  let names: string[] = [];
  await done((view) => {
    const at = `${view}/${path}`;
    names = fs.existsSync(at) ? fs.readdirSync(at, { recursive: true }).map(String).sort() : [];
  }, options);
  return names;
}

const kinds = process.getuid?.() === 0 ? [true, false] : [false];
describe.each(kinds)('build products of a session (overlay: %s)', (isOverlay) => {
  beforeEach(() => {
    overlays = isOverlay;
  });

  it('are in the next session, and in no change set', async () => {
    const first = await done((view) => {
      write('node_modules/x/index.js')(view);
      write('packages/one/node_modules/y/index.js')(view);
      write('src/a.js')(view);
    });
    expect(first.kept).toEqual(['node_modules 1 files', 'packages/one/node_modules 1 files']);
    expect(first.changes).toEqual(['src', 'src/a.js']);
    expect(await seen('node_modules')).toEqual(['x', 'x/index.js']);
    expect(await seen('packages/one/node_modules')).toEqual(['y', 'y/index.js']);
    expect((await done(nothing)).changes).toEqual([]);
  });

  it('may be changed, renamed and deleted by the next session', async () => {
    await done(write('node_modules/x/index.js', 'old'));
    const changed = await done((view) => {
      fs.writeFileSync(`${view}/node_modules/x/index.js`, 'new');
      write('node_modules/z/index.js')(view);
    });
    expect(changed.kept).toEqual(['node_modules 2 files']);
    let text = '';
    await done((view) => {
      text = fs.readFileSync(`${view}/node_modules/x/index.js`, 'utf8');
      fs.renameSync(`${view}/node_modules/z`, `${view}/node_modules/w`);
    });
    expect(text).toBe('new');
    expect(await seen('node_modules')).toEqual(['w', 'w/index.js', 'x', 'x/index.js']);
    await done((view) => fs.rmSync(`${view}/node_modules`, { recursive: true }));
    expect(await seen('node_modules')).toEqual([]);
    expect(listCaches(join(top, 'agents/coder'))).toEqual([]);
  });

  it('are for one agent and one folder alone', async () => {
    await done(write('node_modules/x/index.js'));
    expect(await seen('node_modules', { agent: 'other' })).toEqual([]);
    const of = join(top, 'elsewhere');
    fs.mkdirSync(of);
    if (process.getuid?.() === 0) fs.chownSync(of, 65_534, 65_534);
    expect(await seen('node_modules', { of })).toEqual([]);
    expect(await seen('node_modules')).not.toEqual([]);
  });

  it('never hide or join a folder of the host', async () => {
    await done((view) => {
      write('node_modules/x/index.js')(view);
      write('packages/one/.venv/a')(view);
    });
    write('node_modules/host.js')(folder);
    fs.rmSync(join(folder, 'packages'), { recursive: true });
    expect(await seen('')).toEqual(['node_modules', 'node_modules/host.js']);
    const own = await done(write('node_modules/more.js'));
    expect(own).toMatchObject({ kept: [], changes: ['node_modules/more.js'] });
  });

  it('are what ignore files say, for names that sources have as well', async () => {
    fs.writeFileSync(join(folder, '.gitignore'), '/dist/\nbuild\n!packages/one/build\n');
    const ended = await done((view) => {
      for (const path of ['dist/a', 'packages/one/dist/a', 'build/a', 'packages/one/build/a'])
        write(path)(view);
      write('target/CACHEDIR.TAG')(view);
      write('venv/pyvenv.cfg')(view);
      write('packages/one/target/a')(view);
    });
    expect(ended.kept.map((one) => one.replace(/ .*/, ''))).toEqual(
      expect.arrayContaining(['build', 'dist', 'target', 'venv']),
    );
    expect(ended.kept).toHaveLength(4);
    expect(ended.changes).toEqual([
      'packages/one/build',
      'packages/one/build/a',
      'packages/one/dist',
      'packages/one/dist/a',
      'packages/one/target',
      'packages/one/target/a',
    ]);
  });

  it('are work when the run added them to git', async () => {
    // Git cannot work in a folder that has no path.
    const made = join(top, 'made');
    const work = both(write('node_modules/x/index.js'), write('.venv/a'));
    fs.mkdirSync(made);
    work(made);
    execFileSync('git', ['init', '-q'], { cwd: made });
    execFileSync('git', ['add', 'node_modules'], { cwd: made });
    const ended = await done(
      both(work, (view) => fs.cpSync(`${made}/.git`, `${view}/.git`, { recursive: true })),
    );
    expect(ended.kept).toEqual(['.venv 1 files']);
    expect(ended.changes).toContain('node_modules/x/index.js');
  });

  it('hold files, folders and links alone, and no link is followed', async () => {
    fs.writeFileSync(join(top, 'secret'), 'secret');
    const ended = await done((view) => {
      write('.venv/bin/run', '#!/bin/sh\n')(view);
      fs.chmodSync(`${view}/.venv/bin/run`, 0o6755);
      fs.symlinkSync(join(top, 'secret'), `${view}/.venv/out`);
      fs.linkSync(`${view}/.venv/bin/run`, `${view}/.venv/again`);
      execFileSync('/usr/bin/mkfifo', [`${view}/.venv/pipe`]);
      fs.symlinkSync(top, `${view}/node_modules`);
      giveRest(view);
      fs.chmodSync(`${view}/.venv/bin/run`, 0o6755);
    });
    expect(ended.kept).toEqual(['.venv 3 files']);
    const [cache] = listCaches(join(top, 'agents/coder'));
    const tree = join(cache?.folder ?? '', `${cache?.list.generation}.tree/.venv`);
    expect(fs.readdirSync(tree).sort()).toEqual(['again', 'bin', 'out']);
    expect(fs.lstatSync(join(tree, 'bin/run'))).toMatchObject({ nlink: 1 });
    expect(fs.lstatSync(join(tree, 'bin/run')).mode & 0o7777).toBe(0o755);
    expect(fs.readlinkSync(join(tree, 'out'))).toBe(join(top, 'secret'));
    expect(await seen('node_modules')).toEqual([]);
  });

  it('never hold a file of the host that an earlier link led to', async () => {
    const host = join(top, 'host');
    fs.mkdirSync(host);
    await done((view) => {
      fs.mkdirSync(`${view}/.venv`);
      fs.symlinkSync(host, `${view}/.venv/lib`);
    });
    const time = (path: string): number => fs.lstatSync(path).ctimeMs;
    const rest = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0);
    await done((view) => {
      const both = [`${host}/own`, `${view}/.venv/lib/own`] as const;
      fs.rmSync(`${view}/.venv/lib`);
      fs.mkdirSync(`${view}/.venv/lib`);
      // A run can be lucky with the time of its file.
      do {
        for (const path of both) fs.rmSync(path, { force: true });
        for (const path of both) fs.writeFileSync(path, path === both[0] ? 'host' : 'mine');
        for (const path of both) fs.chownSync(path, rest, rest);
      } while (time(both[0]) !== time(both[1]));
    });
    let text = '';
    await done((view) => {
      text = fs.readFileSync(`${view}/.venv/lib/own`, 'utf8');
    });
    expect(text).toBe('mine');
  });

  it('go whole from one session to the next when two work at the same time', async () => {
    await done(write('node_modules/base.js'));
    const one = await session(write('node_modules/one.js'));
    const two = await session(write('node_modules/two.js'));
    one.commit();
    one.close();
    expect(await seen('node_modules')).toEqual(['base.js', 'one.js']);
    two.commit();
    two.close();
    expect(await seen('node_modules')).toEqual(['base.js', 'two.js']);
    expect(fs.readdirSync(join(top, 'agents/coder'))).toHaveLength(1);
    const [cache] = listCaches(join(top, 'agents/coder'));
    const files = fs.readdirSync(cache?.folder ?? '');
    expect(files.filter((name) => name.endsWith('.tree'))).toHaveLength(1);
    expect(files.filter((name) => name.endsWith('.use'))).toEqual([]);
  });

  it('stay as they were when nobody keeps what a session changed', async () => {
    await done(write('node_modules/base.js'));
    const one = await session((view) => {
      write('node_modules/poison.js')(view);
      write('.venv/poison')(view);
    });
    one.close();
    expect(await seen('')).toEqual(expect.not.arrayContaining(['.venv', 'node_modules/poison.js']));
    expect(await seen('node_modules')).toEqual(['base.js']);
  });

  it('do not come back with a folder that is made again and gets the same inode', async () => {
    const same = { id: '1:2' };
    await done(write('node_modules/poison.js'), same);
    expect(await seen('node_modules', same)).toEqual(['poison.js']);
    fs.rmSync(folder, { recursive: true });
    fs.mkdirSync(folder);
    if (process.getuid?.() === 0) fs.chownSync(folder, 65_534, 65_534);
    expect(await seen('node_modules', same)).toEqual([]);
  });

  it('are deleted when no session has used them for a month', async () => {
    await done(write('node_modules/base.js'));
    const [cache] = listCaches(join(top, 'agents/coder'));
    const age = (days: number): void => {
      const then = new Date(Date.now() - days * 86_400_000);
      fs.utimesSync(join(cache?.folder ?? '', 'kept.json'), then, then);
    };
    age(29);
    expect(await seen('node_modules')).toEqual(['base.js']);
    age(31);
    expect(await seen('node_modules')).toEqual([]);
  });

  it('can be deleted while a session uses them', async () => {
    await done(write('node_modules/base.js'));
    const one = await session(nothing);
    clearCaches(join(top, 'agents/coder'));
    one.commit();
    one.close();
    expect(await seen('node_modules')).toEqual([]);
  });

  it.each([
    ['of the workspace', 'work', true, []],
    ['of all workspaces', undefined, true, []],
    ['of another workspace alone', 'wor', false, ['first.js']],
  ])('can be deleted while the first session runs: those %s', async (_, name, is, names) => {
    const one = await session(write('node_modules/first.js'));
    expect(clearCaches(join(top, 'agents/coder'), name)).toBe(is);
    one.commit();
    one.close();
    expect(await seen('node_modules')).toEqual(names);
    await done(write('.venv/later'));
    expect(await seen('.venv')).toEqual(['later']);
  });
});
