import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { applyChanges, requireNoConflicts } from '../../../runner/changes/apply.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { isWhole } from '../../sample.ts';
import {
  changed,
  fileOf as file,
  giveRest,
  makeSeenFolder,
  type SeenFolder,
  treeOf,
} from '../mounts/seen-folder.ts';

let seen: SeenFolder;
afterEach(() => seen.remove());
const root = process.getuid?.() === 0;

/** A small tree: what each of a few names is. */
type Tree = { readonly [name: string]: string | { readonly link: string } | Tree };
const { tree } = fc.letrec<{ tree: Tree; entry: Tree[string] }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'dé', 'e f'), tie('entry'), { maxKeys: 4 }),
  entry: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('one', 'two', ''),
    fc.constantFrom('a', 'b/c', '../a').map((link) => ({ link })),
    tie('tree'),
  ),
}));

function make(folder: string, what: Tree): void {
  for (const [name, entry] of Object.entries(what)) {
    const at = `${folder}/${name}`;
    if (typeof entry === 'string') fs.writeFileSync(at, entry);
    else if (typeof entry.link === 'string') fs.symlinkSync(entry.link, at);
    else {
      fs.mkdirSync(at);
      make(at, entry as Tree);
    }
  }
}

// Rewrites a folder to a tree in the ways that programs do: in place, anew, by what is kept and
// what goes.
function turnInto(folder: string, what: Tree): void {
  for (const name of fs.readdirSync(folder))
    if (!Object.hasOwn(what, name)) fs.rmSync(`${folder}/${name}`, { recursive: true });
  for (const [name, entry] of Object.entries(what)) {
    const at = `${folder}/${name}`;
    const there = fs.lstatSync(at, { throwIfNoEntry: false });
    const keeps =
      typeof entry !== 'string' && typeof entry.link !== 'string' && there?.isDirectory();
    if (keeps) turnInto(at, entry as Tree);
    else {
      fs.rmSync(at, { recursive: true, force: true });
      make(folder, { [name]: entry });
    }
  }
}

describe.each(root ? [true, false] : [false])('accepted changes (overlay: %s)', (overlays) => {
  it('make of the folder the tree that the run saw, but for what was refused', async () => {
    await fc.assert(
      fc.asyncProperty(tree, tree, async (before, after) => {
        seen = makeSeenFolder(overlays);
        try {
          make(seen.folder, before);
          let left: Record<string, string> = {};
          const offered = await seen.see((view) => {
            turnInto(view, after);
            left = treeOf(view);
          });
          await offered.apply();
          const refused = offered.refused.map((one) => one.path);
          const below = (path: string): boolean =>
            refused.some((one) => path === one || path.startsWith(`${one}/`));
          const keep = ([path]: [string, string]): boolean => !below(path);
          expect(Object.entries(treeOf(seen.folder)).filter(keep)).toEqual(
            Object.entries(left).filter(keep),
          );
          expect((await seen.see(() => undefined)).changes).toEqual([]);
        } finally {
          seen.remove();
        }
      }),
      { numRuns: isWhole ? 60 : 20 },
    );
  });

  it('belong to the owner of the folder, and to the group that they have in the view', async () => {
    seen = makeSeenFolder(overlays);
    const { uid, gid } = fs.statSync(seen.folder);
    fs.writeFileSync(`${seen.folder}/old`, 'x');
    const group = root ? 1234 : gid;
    const after = await seen.see((view) => {
      fs.writeFileSync(`${view}/old`, 'y');
      fs.mkdirSync(`${view}/a`);
      fs.writeFileSync(`${view}/a/new`, 'y');
      fs.chownSync(`${view}/a/new`, uid, group);
    });
    await after.apply();
    const owners = ['old', 'a', 'a/new'].map((one) => fs.statSync(`${seen.folder}/${one}`));
    expect(owners.map((one) => [one.uid, one.gid])).toEqual([
      [uid, gid],
      [uid, gid],
      [uid, group],
    ]);
  });
});

describe.each(root ? [true, false] : [])(
  'a folder of a team, with the setgid bit (overlay: %s)',
  (overlays) => {
    const prepare = (): void => {
      seen = makeSeenFolder(overlays);
      fs.mkdirSync(`${seen.folder}/team`);
      for (const at of [seen.folder, `${seen.folder}/team`]) {
        fs.chownSync(at, 65_534, 65_534);
        fs.chmodSync(at, 0o2775);
      }
    };

    it('gives the bit and its group to each folder that a run makes in it, and keeps it', async () => {
      prepare();
      const after = await seen.see((view) => {
        for (const path of ['top', 'team/sub', 'team/sub/deep']) fs.mkdirSync(`${view}/${path}`);
        fs.chmodSync(`${view}/team`, 0o2755);
        fs.writeFileSync(`${view}/team/sub/file`, 'x');
      });
      await after.apply();
      expect(after.refused).toEqual([]);
      expect(treeOf(seen.folder)).toMatchObject({
        top: 'folder 2755',
        team: 'folder 2755',
        'team/sub': 'folder 2755',
        'team/sub/deep': 'folder 2755',
        'team/sub/file': 'file 644 x',
      });
      const groups = ['top', 'team/sub/deep', 'team/sub/file'].map(
        (path) => fs.statSync(`${seen.folder}/${path}`).gid,
      );
      expect(groups).toEqual([65_534, 65_534, 65_534]);
      expect((await seen.see(() => undefined)).changes).toEqual([]);
    });

    it('gives the bit to no file, to no folder of another group, and to nothing elsewhere', async () => {
      prepare();
      fs.mkdirSync(`${seen.folder}/plain`);
      fs.chownSync(`${seen.folder}/plain`, 65_534, 65_534);
      fs.chmodSync(`${seen.folder}/plain`, 0o755);
      const after = await seen.see((view) => {
        fs.writeFileSync(`${view}/team/tool`, 'x');
        for (const path of ['team/other', 'plain/sub']) fs.mkdirSync(`${view}/${path}`);
        giveRest(view);
        fs.chownSync(`${view}/team/other`, 65_534, 1_234);
        for (const path of ['team/tool', 'team/other', 'plain/sub'])
          fs.chmodSync(`${view}/${path}`, 0o2755);
      });
      await after.apply();
      const why = 'its setuid or setgid bits were removed';
      const paths = after.refused.map((one) => one.path).sort();
      expect([paths, new Set(after.refused.map((one) => one.why))]).toEqual([
        ['plain/sub', 'team/other', 'team/tool'],
        new Set([why]),
      ]);
    });
  },
);

describe('a file with an access list', () => {
  // acl(5) as the kernel keeps it: the owner, user 1234 and the mask may read and write, the owning
  // group and others nothing.
  const list = `struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *e) for e in
    [(1, 6, 2**32 - 1), (2, 6, 1234), (4, 0, 2**32 - 1), (16, 6, 2**32 - 1), (32, 0, 2**32 - 1)])`;
  const python = (code: string, path: string): string =>
    execFileSync(
      'python3',
      ['-c', `import os, struct, sys\nlist = ${list}\npath = sys.argv[1]\n${code}`, path],
      {
        encoding: 'utf8',
      },
    );

  it('keeps it when its content is replaced, and no other file gets one', async () => {
    seen = makeSeenFolder(root);
    for (const name of ['listed', 'plain']) fs.writeFileSync(`${seen.folder}/${name}`, 'old');
    python("os.setxattr(path, 'system.posix_acl_access', list)", `${seen.folder}/listed`);
    const after = await seen.see((view) => {
      for (const name of ['listed', 'plain']) fs.writeFileSync(`${view}/${name}`, 'new');
    });
    await after.apply();
    expect(fs.readFileSync(`${seen.folder}/listed`, 'utf8')).toBe('new');
    const tell = "print(os.getxattr(path, 'system.posix_acl_access') == list)";
    expect(python(tell, `${seen.folder}/listed`)).toBe('True\n');
    expect(python('print(os.listxattr(path))', `${seen.folder}/plain`)).toBe('[]\n');
  });
});

describe('a folder that another process changed', () => {
  const prepare = (folder: string): void => {
    fs.writeFileSync(`${folder}/old`, 'old');
    fs.writeFileSync(`${folder}/other`, 'other');
    fs.mkdirSync(`${folder}/dir`);
    fs.writeFileSync(`${folder}/dir/inner`, 'inner');
  };
  const run = (view: string): void => {
    fs.writeFileSync(`${view}/old`, 'of the run');
    fs.writeFileSync(`${view}/new`, 'of the run');
    fs.rmSync(`${view}/dir`, { recursive: true });
  };
  const meanwhile: readonly (readonly [string, (folder: string) => void, string | undefined])[] = [
    [
      'a path that the run did not touch',
      (at) => fs.writeFileSync(`${at}/other`, 'mine'),
      undefined,
    ],
    ['a new path elsewhere', (at) => fs.writeFileSync(`${at}/mine`, 'mine'), undefined],
    [
      'to the same',
      (at) => fs.writeFileSync(`${at}/new`, 'of the run', { mode: 0o644 }),
      undefined,
    ],
    ['a path that the run changed', (at) => fs.writeFileSync(`${at}/old`, 'mine'), 'old'],
    ['the mode of one', (at) => fs.chmodSync(`${at}/old`, 0o600), 'old'],
    [
      'a path that the run deleted',
      (at) => fs.writeFileSync(`${at}/dir/inner`, 'mine'),
      'dir/inner',
    ],
    [
      'by putting something into a folder that the run deleted',
      (at) => fs.writeFileSync(`${at}/dir/mine`, 'mine'),
      'dir',
    ],
    ['by making what the run made', (at) => fs.writeFileSync(`${at}/new`, 'mine'), 'new'],
    ['by a link to elsewhere in place of a folder', (at) => swap(at, 'dir', '/etc'), 'dir'],
    ['by deleting what the run changed', (at) => fs.rmSync(`${at}/old`), 'old'],
  ];
  const swap = (at: string, name: string, to: string): void => {
    fs.renameSync(`${at}/${name}`, `${at}/${name}.away`);
    fs.symlinkSync(to, `${at}/${name}`);
  };

  it.each(meanwhile)('since the run: %s', async (_, act, conflict) => {
    seen = makeSeenFolder(root);
    prepare(seen.folder);
    const after = await seen.see(run);
    act(seen.folder);
    giveRest(seen.folder);
    const found = treeOf(seen.folder);
    if (conflict === undefined) {
      await after.apply();
      expect(treeOf(seen.folder)).toMatchObject({ old: 'file 644 of the run' });
      return;
    }
    await expect(after.apply()).rejects.toThrow(
      expect.objectContaining({ code: 'changes-conflict' }),
    );
    expect(treeOf(seen.folder)).toEqual(found);
    try {
      await after.apply();
    } catch (problem) {
      expect(JSON.stringify(problem)).toContain(`"${conflict}: another process`);
    }
  });

  it.each(meanwhile.filter(([, , conflict]) => conflict !== undefined && conflict !== 'dir'))(
    'while the run went on: %s',
    async (_, act, conflict) => {
      seen = makeSeenFolder(false);
      prepare(seen.folder);
      const after = await seen.see((view) => {
        run(view);
        act(seen.folder);
        giveRest(seen.folder);
      });
      expect(after.conflicts).toContain(conflict);
      await expect(after.apply()).rejects.toThrow(
        expect.objectContaining({ code: 'changes-conflict' }),
      );
    },
  );
});

describe('what is applied', () => {
  it('is not what was swapped for it', async () => {
    seen = makeSeenFolder(false);
    const set = changed({ path: 'new', after: file('shown') });
    await expect(
      applyChanges(seen.folder, set, [], () => Buffer.from('other'), new Map()),
    ).rejects.toThrow(expect.objectContaining({ code: 'changes-invalid' }));
    expect(fs.readdirSync(seen.folder)).toEqual([]);
  });

  it('never goes through a link in the folder', async () => {
    seen = makeSeenFolder(false);
    fs.mkdirSync(`${seen.top}/outside`);
    fs.symlinkSync('../outside', `${seen.folder}/dir`);
    const set = changed({ path: 'dir/new', after: file('x') });
    await expect(
      applyChanges(seen.folder, set, [], () => Buffer.from('x'), new Map()),
    ).rejects.toThrow('dir is not a folder');
    expect(fs.readdirSync(`${seen.top}/outside`)).toEqual([]);
  });

  it.each(['.git/config', 'AGENTS.md', 'a\u001bb', 'obeyed.here', 'a.pyc'])(
    'is never %s, whatever a set says',
    async (path) => {
      seen = makeSeenFolder(false);
      await expect(
        requireNoConflicts(seen.folder, changed({ path, after: file('x') }), ['obeyed.here']),
      ).rejects.toThrow(expect.objectContaining({ code: 'changes-conflict' }));
    },
  );

  it('breaks a hard link to a file elsewhere, and leaves that file as it is', async () => {
    seen = makeSeenFolder(root);
    fs.writeFileSync(`${seen.top}/elsewhere`, 'old');
    fs.linkSync(`${seen.top}/elsewhere`, `${seen.folder}/here`);
    const after = await seen.see((view) => fs.writeFileSync(`${view}/here`, 'new'));
    await after.apply();
    expect(fs.readFileSync(`${seen.top}/elsewhere`, 'utf8')).toBe('old');
    expect(fs.readFileSync(`${seen.folder}/here`, 'utf8')).toBe('new');
  });

  it('goes on where it was cut off', async () => {
    seen = makeSeenFolder(root);
    fs.mkdirSync(`${seen.folder}/dir`);
    for (const name of ['dir/a', 'dir/b', 'c']) fs.writeFileSync(`${seen.folder}/${name}`, 'old');
    const offered = await seen.see((view) => {
      fs.rmSync(`${view}/dir`, { recursive: true });
      fs.writeFileSync(`${view}/dir`, 'now a file');
      fs.mkdirSync(`${view}/new`);
      for (const name of ['new/a', 'new/b', 'c']) fs.writeFileSync(`${view}/${name}`, name);
    });
    const blobs = new Map(
      ['now a file', 'new/a', 'new/b', 'c'].map((text) => [
        digestOf(text) as string,
        Buffer.from(text),
      ]),
    );
    for (let budget = 0; budget < 5; budget++) {
      let left = budget;
      const read = (sha256: string): Uint8Array => {
        if (left-- === 0) throw new Error('the runner is gone');
        return blobs.get(sha256) ?? Buffer.from('');
      };
      const judged = await requireNoConflicts(seen.folder, offered, [], budget > 0);
      const applied = applyChanges(seen.folder, offered, [], read, judged);
      if (budget < 4) await expect(applied).rejects.toThrow('the runner is gone');
      else await applied;
      expect(fs.readdirSync(seen.folder).filter((name) => name.startsWith('.'))).toEqual([]);
    }
    expect(treeOf(seen.folder)).toMatchObject({
      dir: 'file 644 now a file',
      'new/b': 'file 644 new/b',
      c: 'file 644 c',
    });
  });
});
