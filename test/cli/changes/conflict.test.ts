/** What a person reads before an answer: conflicts with the host, or the accepted changes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type {
  Change,
  ChangedFolder,
  ChangeSet,
} from '../../../skills-index/run/changes/changes.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { gitAuthor } from '../../git-author.ts';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

const run = '0f35d1a0-0000-4000-8000-000000000000';
const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...gitAuthor };

function writeSet(home: string, place: string, part: Partial<ChangedFolder>): void {
  const { dev, ino } = statSync(place);
  const set: ChangeSet = {
    schema: 'skillgate.changes/2',
    run,
    agent: 'operator',
    skill: '@acme/pay',
    version: '1.0.0',
    plan: digestOf(''),
    at: '2026-11-20T12:00:00.000Z',
    folders: [
      {
        source: 'workspace:w',
        target: '/w',
        path: place,
        id: `${dev}:${ino}`,
        mode: 'cow',
        changes: [],
        refused: [],
        conflicts: [],
        ...part,
      },
    ],
  };
  for (const name of ['config', 'data']) mkdirSync(join(home, name), { mode: 0o700 });
  const kept = join(home, 'data/changes', run);
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  writeFileSync(join(kept, 'set.json'), JSON.stringify(set), { mode: 0o600 });
  for (const text of ['docs\n', 'evil\n', 'other\n'])
    writeFileSync(join(kept, hexOf(digestOf(text))), text, { mode: 0o600 });
  const policy = JSON.stringify({ workspaces: { w: place } });
  writeFileSync(join(home, 'config/host.json'), policy, { mode: 0o600 });
}

const fileOf = (path: string, text: string, shelf: 'obeyed' | 'plain'): Change => ({
  path,
  shelf,
  after: {
    kind: 'file',
    sha256: digestOf(text),
    bytes: text.length,
    mode: 0o644,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  },
});

it.each([
  ['--include', 'AGENTS.md'],
  ['--branch', 'work'],
])('shows a file that %s %s accepts beside --path', async (...words) => {
  const [home, place] = [folderWith(), folderWith()];
  spawnSync('git', ['init', '-q', '-b', 'work', place], { env });
  const name = 'refs/heads/work';
  const ref = { name, after: 'a'.repeat(40), commits: 1, shown: [], asks: 'it changes AGENTS.md' };
  const isBranch = words[0] === '--branch';
  writeSet(home, place, {
    changes: [
      fileOf('AGENTS.md', 'evil\n', 'obeyed'),
      fileOf('a.txt', 'docs\n', 'plain'),
      fileOf('b.txt', 'other\n', 'plain'),
    ],
    ...(isBranch
      ? {
          repositories: [
            { path: '', isNew: false, head: name, refs: [{ ...ref, files: ['AGENTS.md'] }] },
          ],
        }
      : {}),
  });
  const argv = ['changes', 'accept', run, '--path', 'a.txt', ...words];
  const { stderr } = await skill(argv, { env: { SKILLGATE_HOME: home } });
  expect(stderr).toMatch(/^created AGENTS\.md .*\n.*\n {2}\+evil$/m);
  expect(stderr).not.toContain('created b.txt');
});

it.each([
  ['is on the branch', 'true', /git -C .* branch work-mine, then .* reset --keep/],
  ['left the branch', 'git switch -qc dev', /git -C .* branch work-mine work, then .* branch -f/],
  ['deleted the branch', 'git switch -qc dev && git branch -qD work', /To have work again: git -C/],
])('names the repository below the folder, where the host %s', async (_, after, step) => {
  const [home, place] = [folderWith(), folderWith()];
  const git = (script: string): string => {
    const { status, stderr, stdout } = spawnSync('sh', ['-ec', `cd '${place}/a b'; ${script}`], {
      env,
    });
    if (status !== 0) throw new Error(stderr.toString());
    return stdout.toString().trim();
  };
  mkdirSync(join(place, 'a b'));
  const before = git(
    'git init -q -b work . && git commit -q --allow-empty -m 1; git rev-parse HEAD',
  );
  git(`git commit -q --allow-empty -m 2; ${after}`);
  const ref = { name: 'refs/heads/work', before, after: 'a'.repeat(40), commits: 1 };
  writeSet(home, place, {
    changes: [],
    repositories: [
      { path: 'a b', isNew: false, head: ref.name, refs: [{ ...ref, shown: [], files: [] }] },
    ],
  });
  const { stderr } = await skill(['changes', 'accept', run], { env: { SKILLGATE_HOME: home } });
  expect(stderr).toMatch(step);
  expect(stderr).toContain(`git -C '${place}/a b' `);
  expect(stderr).not.toContain(`git -C ${place} `);
});
