/** What a person types when the host moved a branch as well. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ChangeSet } from '../../../skills-index/run/changes/changes.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { gitAuthor } from '../../git-author.ts';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

const run = '0f35d1a0-0000-4000-8000-000000000000';
const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...gitAuthor };

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
  const { dev, ino } = statSync(place);
  const ref = { name: 'refs/heads/work', before, after: 'a'.repeat(40), commits: 1 };
  const set: ChangeSet = {
    schema: 'skillgate.changes/2',
    ...{ run, agent: 'operator', skill: '@acme/pay', version: '1.0.0', plan: digestOf('') },
    at: '2026-11-20T12:00:00.000Z',
    folders: [
      {
        ...{ source: 'workspace:w', target: '/w', path: place, id: `${dev}:${ino}`, mode: 'cow' },
        ...{ changes: [], refused: [], conflicts: [] },
        repositories: [
          { path: 'a b', isNew: false, head: ref.name, refs: [{ ...ref, shown: [], files: [] }] },
        ],
      },
    ],
  };
  for (const part of ['config', 'data']) mkdirSync(join(home, part), { mode: 0o700 });
  const kept = join(home, 'data/changes', run);
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  writeFileSync(join(kept, 'set.json'), JSON.stringify(set), { mode: 0o600 });
  writeFileSync(join(home, 'config/host.json'), JSON.stringify({ workspaces: { w: place } }), {
    mode: 0o600,
  });
  const { stderr } = await skill(['changes', 'accept', run], { env: { SKILLGATE_HOME: home } });
  expect(stderr).toMatch(step);
  expect(stderr).toContain(`git -C '${place}/a b' `);
  expect(stderr).not.toContain(`git -C ${place} `);
});
