import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { marksOf } from '../../../skills-index/run/changes/change-marks.ts';
import { giveRest, makeSeenFolder, type SeenFolder, treeOf } from '../mounts/seen-folder.ts';

let seen: SeenFolder;
afterEach(() => seen.remove());
const root = process.getuid?.() === 0;

// acl(5) as the kernel keeps it: the owner, user 1234 and the mask may do all, the owning group
// nothing, others as told.
const python = (code: string, path: string): string => {
  const list = `lambda kind, others: os.setxattr(path, 'system.posix_acl_' + kind, struct.pack('<I', 2) + b''.join(
    struct.pack('<HHI', tag, rights, who) for tag, rights, who in
    [(1, 7, 2**32 - 1), (2, 7, 1234), (4, 0, 2**32 - 1), (16, 7, 2**32 - 1), (32, others, 2**32 - 1)]))`;
  return execFileSync(
    'python3',
    ['-c', `import os, struct, sys\npath = sys.argv[1]\ngive = ${list}\n${code}`, path],
    {
      encoding: 'utf8',
    },
  );
};
const lists = (name: string): string =>
  python('print(os.listxattr(path))', `${seen.folder}/${name}`).trim();
const prepare = (overlays: boolean): void => {
  seen = makeSeenFolder(overlays);
  fs.writeFileSync(`${seen.folder}/listed`, 'secret');
  fs.writeFileSync(`${seen.folder}/plain`, 'plain', { mode: 0o640 });
  fs.mkdirSync(`${seen.folder}/dir`);
  giveRest(seen.folder);
  python("give('access', 4)", `${seen.folder}/listed`);
};
const none = '[]';

describe.each(root ? [true, false] : [false])(
  'a path whose access list is lost (overlay: %s)',
  (overlays) => {
    it.each<[string, string, (view: string) => void]>([
      [
        'a file that was renamed',
        'moved',
        (view) => fs.renameSync(`${view}/listed`, `${view}/moved`),
      ],
      [
        'a file that was moved over one without a list',
        'plain',
        (view) => fs.renameSync(`${view}/listed`, `${view}/plain`),
      ],
      [
        'a file that was moved into a folder',
        'dir/in',
        (view) => fs.renameSync(`${view}/listed`, `${view}/dir/in`),
      ],
    ])('is for its owner alone, and this is marked: %s', async (_, name, act) => {
      prepare(overlays);
      const after = await seen.see(act);
      await after.apply();
      expect((fs.statSync(`${seen.folder}/${name}`).mode & 0o7777).toString(8)).toBe('700');
      expect(lists(name)).toBe(none);
      const change = after.changes.find((one) => one.path === name);
      expect(change).toMatchObject({ list: 'lost', after: { mode: 0o700 } });
      expect(change && marksOf(change)).toContain(
        'its access list is lost: only its owner may use it',
      );
    });

    it('is one in a folder that was renamed, too', async () => {
      prepare(overlays);
      fs.writeFileSync(`${seen.folder}/dir/inner`, 'inner');
      giveRest(seen.folder);
      fs.chmodSync(`${seen.folder}/dir`, 0o700);
      for (const name of ['dir', 'dir/inner'])
        python("give('access', 0)", `${seen.folder}/${name}`);
      await (await seen.see((view) => fs.renameSync(`${view}/dir`, `${view}/dir2`))).apply();
      expect(treeOf(seen.folder)).toMatchObject({
        dir2: 'folder 700',
        'dir2/inner': 'file 700 inner',
      });
    });

    it('is none of those that were edited in place or replaced: they have exactly the list that they had', async () => {
      prepare(overlays);
      const after = await seen.see((view) => {
        fs.writeFileSync(`${view}/plain`, 'new');
        fs.writeFileSync(`${view}/listed.new`, 'new', { mode: 0o660 });
        fs.renameSync(`${view}/listed.new`, `${view}/listed`);
      });
      await after.apply();
      expect(after.changes.filter((one) => one.list !== undefined)).toEqual([]);
      expect([lists('plain'), lists('listed')]).toEqual([none, "['system.posix_acl_access']"]);
      expect(treeOf(seen.folder).plain).toBe('file 640 new');
    });
  },
);

describe.each(root ? [true, false] : [false])(
  'an entry without a list (overlay: %s)',
  (overlays) => {
    it('gets none by moving it into a folder that gives one to what is new', async () => {
      prepare(overlays);
      fs.mkdirSync(`${seen.folder}/priv`, { mode: 0o750 });
      fs.writeFileSync(`${seen.folder}/priv/inner`, 'inner', { mode: 0o640 });
      giveRest(seen.folder);
      python("give('default', 4)", `${seen.folder}/dir`);
      const after = await seen.see((view) => {
        fs.renameSync(`${view}/plain`, `${view}/dir/plain`);
        fs.renameSync(`${view}/priv`, `${view}/dir/priv`);
      });
      await after.apply();
      const moved = ['dir/plain', 'dir/priv', 'dir/priv/inner'];
      expect(moved.map(lists)).toEqual([none, none, none]);
      const tree = treeOf(seen.folder);
      expect(moved.map((path) => tree[path])).toEqual([
        'file 640 plain',
        'folder 750',
        'file 640 inner',
      ]);
      expect(fs.statSync(`${seen.folder}/dir/plain`)).toMatchObject({
        uid: fs.statSync(seen.folder).uid,
      });
    });
  },
);

describe('a new entry of a folder that gives a list to what is new', () => {
  const make = (view: string): void => {
    fs.mkdirSync(`${view}/dir/sub`);
    for (const name of ['new', 'sub/new'])
      fs.writeFileSync(`${view}/dir/${name}`, 'new', { mode: 0o664 });
  };

  it('gets the list of the folder, and is not marked', async () => {
    prepare(root);
    python("give('default', 0)", `${seen.folder}/dir`);
    const after = await seen.see(make);
    await after.apply();
    expect(after.changes.flatMap(marksOf)).toEqual([]);
    expect([lists('dir/new'), lists('dir/sub/new')]).toEqual(
      Array(2).fill("['system.posix_acl_access']"),
    );
  });

  it.runIf(root)('is for its owner alone where the folder gives no list any more', async () => {
    prepare(true);
    python("give('default', 0)", `${seen.folder}/dir`);
    const after = await seen.see(make);
    expect(after.changes.map((one) => one.list)).toEqual(['folder', 'folder', 'folder']);
    python("os.removexattr(path, 'system.posix_acl_default')", `${seen.folder}/dir`);
    await after.apply();
    expect(treeOf(seen.folder)).toMatchObject({
      'dir/new': 'file 600 new',
      'dir/sub/new': 'file 600 new',
    });
  });

  it.runIf(root)(
    'goes on after an accept that was cut off where the folder gives no list any more',
    async () => {
      prepare(true);
      python("give('default', 0)", `${seen.folder}/dir`);
      // The deepest are applied last.
      const last = 'a/b/c';
      fs.mkdirSync(`${seen.folder}/a/b`, { recursive: true });
      fs.writeFileSync(`${seen.folder}/${last}`, 'old', { mode: 0o640 });
      const after = await seen.see((view) => {
        make(view);
        fs.appendFileSync(`${view}/${last}`, ' and new');
      });
      python("os.removexattr(path, 'system.posix_acl_default')", `${seen.folder}/dir`);
      const cutOff = (): void => fs.appendFileSync(`${seen.folder}/${last}`, ' of somebody else');
      await expect(after.apply(cutOff)).rejects.toThrow(`Another process changed ${last}`);
      expect(treeOf(seen.folder)).toMatchObject({ 'dir/new': 'file 600 new' });
      await expect(after.apply(undefined, true)).rejects.toMatchObject({
        message:
          'Only the changes of an earlier attempt are applied: 1 of the paths cannot be changed as the run changed them',
        reasons: [{ message: `${last}: another process changed it after the run` }],
      });
      fs.writeFileSync(`${seen.folder}/${last}`, 'old');
      await after.apply(undefined, true);
      expect(treeOf(seen.folder)).toMatchObject({
        'dir/sub/new': 'file 600 new',
        [last]: 'file 640 old and new',
      });
    },
  );

  it.runIf(root)('is somebody else’s change where its mode is neither', async () => {
    prepare(true);
    python("give('default', 0)", `${seen.folder}/dir`);
    const after = await seen.see(make);
    fs.mkdirSync(`${seen.folder}/dir/sub`);
    fs.writeFileSync(`${seen.folder}/dir/new`, 'new', { mode: 0o640 });
    giveRest(seen.folder);
    fs.chmodSync(`${seen.folder}/dir/new`, 0o640);
    await expect(after.apply(undefined, true)).rejects.toMatchObject({
      reasons: [{ message: 'dir/new: another process changed it after the run' }],
    });
  });
});
