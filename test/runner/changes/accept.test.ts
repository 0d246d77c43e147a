import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ChangeSet, changeSetDigest } from '../../../skills-index/run/changes/changes.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { skill } from '../../cli/command-line.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

const run = '0f35d1a0-0000-4000-8000-000000000000';
const content = 'what the run left\n';
let home: string;
let folder: string;
let kept: string;
let set: ChangeSet;
beforeEach(() => {
  home = folderWith();
  folder = folderWith();
  kept = join(home, 'data/changes', run);
  for (const part of ['config', 'data']) mkdirSync(join(home, part), { mode: 0o700 });
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'config/host.json'), JSON.stringify({ workspaces: { w: folder } }), {
    mode: 0o600,
  });
  writeFileSync(join(folder, 'old'), 'old');
  chmodSync(join(folder, 'old'), 0o644);
  const { dev, gid, ino, uid } = statSync(folder);
  const file = (text: string) => ({
    kind: 'file' as const,
    sha256: digestOf(text),
    bytes: text.length,
    mode: 0o644,
    uid,
    gid,
  });
  const changes = [
    { path: 'old', before: file('old') },
    { path: 'new', after: file(content) },
  ];
  const where = {
    source: 'workspace:w',
    target: '/w',
    path: folder,
    id: `${dev}:${ino}`,
    mode: 'cow' as const,
  };
  set = {
    schema: 'skillgate.changes/2',
    run,
    agent: 'operator',
    skill: '@acme/report',
    version: '1.0.0',
    plan: digestOf(''),
    at: '2026-11-20T12:00:00.000Z',
    folders: [{ ...where, changes, refused: [], conflicts: [] }],
  };
  writeFileSync(join(kept, 'set.json'), JSON.stringify(set), { mode: 0o600 });
  writeFileSync(join(kept, hexOf(digestOf(content))), content, { mode: 0o600 });
});
const now = (): Date => new Date('2026-11-20T12:00:00Z');
const type = (...argv: string[]) => skill(argv, { env: { SKILLGATE_HOME: home }, now });
const accept = (digest: string = changeSetDigest(set), ...more: string[]) =>
  type('changes', 'accept', run, ...more, '--digest', digest);

describe('accepting changes', () => {
  it('applies all of them', async () => {
    expect((await accept()).exit).toBe(0);
    expect(readdirSync(folder)).toEqual(['new']);
    expect(readFileSync(join(folder, 'new'), 'utf8')).toBe(content);
  });

  it.each<[string, () => void, string]>([
    ['is missing', () => rmSync(join(kept, hexOf(digestOf(content)))), 'lack the content sha256:'],
    [
      'is damaged',
      () => writeFileSync(join(kept, hexOf(digestOf(content))), 'damaged'),
      'are damaged: ',
    ],
  ])(
    'deletes nothing where a kept file %s, and says how to get rid of them',
    async (_, damage, why) => {
      damage();
      for (const attempt of [1, 2]) {
        const { exit, stderr } = await accept();
        expect({ attempt, exit, found: readdirSync(folder) }).toEqual({
          attempt,
          exit: expect.any(Number),
          found: ['old'],
        });
        expect(exit).not.toBe(0);
        expect(stderr).toContain(`The changes of run ${run} ${why}`);
        expect(stderr).toContain(`skillgate changes discard ${run}`);
      }
      expect((await type('changes', 'show', run)).stdout).toContain(
        '! the kept copy differs from what the run wrote',
      );
    },
  );

  it('goes on where it was killed under an earlier version, whose mark says nothing of names', async () => {
    writeFileSync(join(kept, 'begun'), '');
    expect((await accept()).exit).toBe(0);
    expect(readdirSync(folder)).toEqual(['new']);
  });

  describe('of files that hosts or agents obey', () => {
    const text = '{"scripts":{"test":"node --test"}}\n';
    const withPackage = (): string => {
      const [first] = set.folders;
      const [, fresh] = first?.changes ?? [];
      if (first === undefined || fresh?.after?.kind !== 'file') throw new Error('no change');
      const after = { ...fresh.after, sha256: digestOf(text), bytes: text.length };
      set = {
        ...set,
        folders: [
          {
            ...first,
            changes: [...first.changes, { path: 'package.json', after, shelf: 'obeyed' }],
          },
        ],
      };
      writeFileSync(join(kept, 'set.json'), JSON.stringify(set), { mode: 0o600 });
      writeFileSync(join(kept, hexOf(digestOf(text))), text, { mode: 0o600 });
      return changeSetDigest(set);
    };

    it('leaves them waiting, says so, and takes the one that is named later', async () => {
      withPackage();
      const first = await accept();
      expect([first.exit, readdirSync(folder)]).toEqual([0, ['new']]);
      expect(first.stderr).toContain(
        `note: 1 change in files that hosts or agents obey still waits: skillgate changes show ${run}`,
      );
      const shown = await type('changes', 'show', run);
      expect(shown.stdout).toContain('created package.json');
      expect(shown.stdout).not.toContain('created new');
      const digest = /^changes (sha256:\S+)$/m.exec(shown.stdout)?.[1] ?? '';
      const old = await accept(changeSetDigest(set), '--include', 'package.json');
      expect([old.exit === 0, readdirSync(folder)]).toEqual([false, ['new']]);
      const named = await accept(digest, '--include', 'package.json');
      expect([named.exit, readdirSync(folder)]).toEqual([0, ['new', 'package.json']]);
      expect(readdirSync(join(home, 'data/changes'))).toEqual([]);
    });

    it('takes plain and named ones together', async () => {
      const digest = withPackage();
      const both = await accept(digest, '--include', '/w/package.json');
      expect([both.exit, readdirSync(folder)]).toEqual([0, ['new', 'package.json']]);
    });

    it('takes none that changed after it was shown', async () => {
      const digest = withPackage();
      writeFileSync(join(kept, hexOf(digestOf(text))), '{"scripts":{"test":"evil"}}\n');
      const refused = await accept(digest, '--include', 'package.json');
      expect([refused.exit === 0, readdirSync(folder)]).toEqual([false, ['old']]);
    });

    it('takes no plain one that host policy came to name', async () => {
      const policy = { workspaces: { w: folder }, obeyed: ['new'] };
      writeFileSync(join(home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
      const refused = await accept();
      expect(refused.stderr).toContain('new: hosts or agents obey it');
      expect(readdirSync(folder)).toEqual(['old']);
    });
  });
});
