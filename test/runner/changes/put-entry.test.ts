import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyChanges, requireNoConflicts } from '../../../runner/changes/apply.ts';
import type { EntryState } from '../../../skills-index/run/changes/changes.ts';
import {
  changed,
  fileOf,
  makeSeenFolder,
  owner,
  type SeenFolder,
  treeOf,
} from '../mounts/seen-folder.ts';

let seen: SeenFolder;
afterEach(() => seen.remove());
const root = process.getuid?.() === 0;
const bytes = Buffer.from('of the run');
const file = fileOf('of the run');
const conflict = expect.objectContaining({ code: 'changes-conflict' });
const beside = (): string =>
  fs.readdirSync(seen.folder).find((name) => name.startsWith('.skillgate-')) ?? 'none';

describe('whoever owns the folder, while changes are applied', () => {
  it.runIf(root)('gets no file of root by moving it to where a file is being made', async () => {
    seen = makeSeenFolder(false);
    const payroll = `${seen.folder}/payroll`;
    fs.writeFileSync(payroll, 'for root only', { mode: 0o600 });
    const swap = (): Buffer => {
      const made = `${seen.folder}/${beside()}`;
      fs.renameSync(made, `${made}.away`);
      fs.renameSync(payroll, made);
      fs.linkSync(made, payroll);
      return bytes;
    };
    await expect(
      applyChanges(seen.folder, changed({ path: 'new', after: file }), [], swap, new Map()),
    ).rejects.toThrow(conflict);
    const { gid, mode, nlink, uid } = fs.statSync(payroll);
    // Its second name, where a file was being made, is not removed either.
    expect({ gid, mode: mode & 0o7777, nlink, uid }).toEqual({
      gid: 0,
      mode: 0o600,
      nlink: 2,
      uid: 0,
    });
    expect(fs.existsSync(`${seen.folder}/new`)).toBe(false);
  });

  it.runIf(root)(
    'gets no mode of a folder of root changed by moving it to where a folder was made',
    async () => {
      seen = makeSeenFolder(false);
      fs.mkdirSync(`${seen.folder}/private`, { mode: 0o700 });
      const swap = (): Buffer => {
        fs.renameSync(`${seen.folder}/made`, `${seen.folder}/away`);
        fs.renameSync(`${seen.folder}/private`, `${seen.folder}/made`);
        return bytes;
      };
      const set = changed(
        { path: 'new', after: file },
        { path: 'made', after: { kind: 'folder', mode: 0o755, ...owner } },
      );
      await expect(applyChanges(seen.folder, set, [], swap, new Map())).rejects.toThrow(conflict);
      const { mode, uid } = fs.statSync(`${seen.folder}/made`);
      expect({ mode: mode & 0o7777, uid }).toEqual({ mode: 0o700, uid: 0 });
    },
  );

  it.runIf(root)(
    'keeps a folder that is there, whoever would have it by a set of changes',
    async () => {
      seen = makeSeenFolder(false);
      fs.mkdirSync(`${seen.folder}/dir`, { mode: 0o750 });
      fs.chownSync(`${seen.folder}/dir`, owner.uid, owner.gid);
      const set = changed({
        path: 'dir',
        after: { kind: 'folder', mode: 0o777, uid: 4_321, gid: 4_321 },
      });
      await applyChanges(seen.folder, set, [], () => bytes, new Map());
      expect(treeOf(seen.folder)).toEqual({ dir: 'folder 750' });
      expect(fs.statSync(`${seen.folder}/dir`)).toMatchObject(owner);
    },
  );

  it('never sees a file of root with bytes of the run, and nobody else can open it', async () => {
    seen = makeSeenFolder(false);
    const look = (): Buffer => {
      const { mode, uid } = fs.statSync(`${seen.folder}/${beside()}`);
      expect({ mode: mode & 0o7777, uid }).toEqual({ mode: 0o600, uid: owner.uid });
      return bytes;
    };
    await applyChanges(seen.folder, changed({ path: 'new', after: file }), [], look, new Map());
    expect(treeOf(seen.folder)).toEqual({ new: 'file 644 of the run' });
  });

  it.each<[string, EntryState, string]>([
    ['a file', file, 'file 644 of the run'],
    ['a folder', { kind: 'folder', mode: 0o750, ...owner }, 'folder 750'],
    ['a link', { kind: 'link', to: 'elsewhere', ...owner }, 'link elsewhere'],
  ])('gets %s of its own where it is made', async (_, after, line) => {
    seen = makeSeenFolder(false);
    await applyChanges(seen.folder, changed({ path: 'new', after }), [], () => bytes, new Map());
    expect(treeOf(seen.folder)).toEqual({ new: line });
    expect(fs.lstatSync(`${seen.folder}/new`)).toMatchObject(owner);
  });

  it.each<[string, (at: string) => void]>([
    ['an edit', (at) => fs.appendFileSync(at, ' and mine')],
    ['another file under the same name', (at) => fs.renameSync(`${at}.mine`, at)],
    ['a new mode', (at) => fs.chmodSync(at, 0o600)],
  ])('keeps %s that was made after the judgement, and is told which path it is', async (_, act) => {
    seen = makeSeenFolder(root);
    const at = `${seen.folder}/edited`;
    for (const name of ['edited', 'edited.mine', 'other'])
      fs.writeFileSync(`${seen.folder}/${name}`, 'old');
    const after = await seen.see((view) => fs.writeFileSync(`${view}/edited`, 'of the run'));
    let mine = '';
    const meanwhile = (): void => {
      act(at);
      mine = fs.readFileSync(at, 'utf8');
    };
    await expect(after.apply(meanwhile)).rejects.toThrow(
      'Another process changed edited while changes were applied',
    );
    expect(fs.readFileSync(at, 'utf8')).toBe(mine);
    expect(beside()).toBe('none');
  });

  it('has both names of one file replaced', async () => {
    seen = makeSeenFolder(root);
    fs.writeFileSync(`${seen.folder}/one`, 'old');
    fs.linkSync(`${seen.folder}/one`, `${seen.folder}/two`);
    const after = await seen.see((view) => {
      for (const name of ['one', 'two']) {
        fs.rmSync(`${view}/${name}`);
        fs.writeFileSync(`${view}/${name}`, name);
      }
    });
    await after.apply();
    expect(treeOf(seen.folder)).toMatchObject({ one: 'file 644 one', two: 'file 644 two' });
  });
});

describe('a user who is not root', () => {
  const mine = { uid: 4_321, gid: 4_321 };
  beforeEach(() => {
    vi.spyOn(process, 'geteuid').mockReturnValue(mine.uid);
    vi.spyOn(process, 'getegid').mockReturnValue(mine.gid);
    vi.spyOn(process, 'getgroups').mockReturnValue([]);
  });
  afterEach(() => vi.restoreAllMocks());
  const judge = async (after: EntryState): Promise<unknown> => {
    seen = makeSeenFolder(false);
    // As in a folder of a team, whose group each new file has.
    fs.chownSync(seen.folder, 5_678, 1_234);
    fs.chmodSync(seen.folder, 0o2775);
    vi.spyOn(process, 'getuid').mockReturnValue(mine.uid);
    return await requireNoConflicts(seen.folder, changed({ path: 'new', after }), []);
  };

  it.runIf(root).each([
    ['user', { uid: 5_678, gid: 1_234 }],
    ['group', { uid: 4_321, gid: 999 }],
  ])(
    'is refused to make what would belong to another %s, before anything is changed',
    async (_, whose) => {
      const refused = judge({ ...file, ...whose });
      const why = expect.stringMatching(
        /^new: it would belong to (user 5678|group 999), .*accept as root/,
      );
      await expect(refused).rejects.toMatchObject({
        code: 'changes-conflict',
        reasons: [{ message: why }],
      });
    },
  );

  it.runIf(root).each([
    ['own group', mine],
    ['group of the folder', { uid: 4_321, gid: 1_234 }],
  ])('may make what would belong to itself and its %s', async (_, whose) => {
    await expect(judge({ ...file, ...whose })).resolves.toBeDefined();
  });
});

describe('access lists', () => {
  const list = (
    named: number,
  ): string => `struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in
    [(1, 7, 2**32 - 1), (2, ${named}, 1234), (4, 5, 2**32 - 1), (16, 7, 2**32 - 1), (32, 0, 2**32 - 1)])`;
  const python = (code: string, path: string): string =>
    execFileSync(
      'python3',
      ['-c', `import os, struct, sys\nlist = ${list(7)}\npath = sys.argv[1]\n${code}`, path],
      {
        encoding: 'utf8',
      },
    );

  it('are not given to a file that had none, by the folder that it is in', async () => {
    seen = makeSeenFolder(root);
    fs.mkdirSync(`${seen.folder}/dir`);
    fs.writeFileSync(`${seen.folder}/dir/plain`, 'old', { mode: 0o640 });
    python("os.setxattr(path, 'system.posix_acl_default', list)", `${seen.folder}/dir`);
    const after = await seen.see((view) => fs.appendFileSync(`${view}/dir/plain`, ' and new'));
    await after.apply();
    expect(treeOf(seen.folder)).toMatchObject({ 'dir/plain': 'file 640 old and new' });
    expect(python('print(os.listxattr(path))', `${seen.folder}/dir/plain`)).toBe('[]\n');
  });

  it('are not read of a pipe that takes the place of the file, for which nobody would ever write', async () => {
    seen = makeSeenFolder(root);
    const path = 'dir/listed';
    fs.mkdirSync(`${seen.folder}/dir`);
    fs.writeFileSync(`${seen.folder}/${path}`, 'old');
    for (const one of ['dir', path])
      python("os.setxattr(path, 'system.posix_acl_access', list)", `${seen.folder}/${one}`);
    const after = await seen.see((view) => fs.writeFileSync(`${view}/${path}`, 'of the run'));
    const swap = (): void => {
      fs.rmSync(`${seen.folder}/${path}`);
      python('os.mkfifo(path)', `${seen.folder}/${path}`);
    };
    await expect(after.apply(swap)).rejects.toThrow(
      `Another process changed ${path} while changes were applied`,
    );
    expect(fs.lstatSync(`${seen.folder}/${path}`).isFIFO()).toBe(true);
  });

  it('go with no setuid bit to new bytes', async () => {
    seen = makeSeenFolder(root);
    for (const name of ['both', 'later']) fs.writeFileSync(`${seen.folder}/${name}`, 'old');
    for (const name of ['both', 'later'])
      python("os.setxattr(path, 'system.posix_acl_access', list)", `${seen.folder}/${name}`);
    fs.chmodSync(`${seen.folder}/both`, 0o4775);
    if (root)
      for (const name of ['both', 'later'])
        fs.chownSync(`${seen.folder}/${name}`, owner.uid, owner.gid);
    if (root) fs.chmodSync(`${seen.folder}/both`, 0o4775);
    const both = await seen.see((view) => fs.writeFileSync(`${view}/both`, 'of the run'));
    await expect(both.apply()).rejects.toMatchObject({
      reasons: [{ message: expect.stringContaining('remove the setuid and setgid bits') }],
    });
    // Of a file of several names a changed mode is not seen.
    fs.linkSync(`${seen.folder}/later`, `${seen.top}/later`);
    const later = await seen.see((view) => fs.writeFileSync(`${view}/later`, 'of the run'));
    await expect(later.apply(() => fs.chmodSync(`${seen.folder}/later`, 0o4775))).rejects.toThrow(
      'setuid or setgid bits meanwhile',
    );
    expect(fs.readdirSync(seen.folder).sort()).toEqual(['both', 'later']);
    expect(fs.readFileSync(`${seen.folder}/later`, 'utf8')).toBe('old');
  });
});
