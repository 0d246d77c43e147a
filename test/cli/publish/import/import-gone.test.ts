import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { importPredicate } from '../../../../cli/publish/provenance.ts';
import { sourceParts } from '../../../../skills-index/statement/source.ts';
import { approve, makeSkill, publish, type Skill, scan } from '../../../registry/road.ts';
import { makeUsers, type Users } from '../../registry-users.ts';
import { folderWith } from '../../temporary-folder.ts';

let users: Users;
let upstream: string;

function git(...args: string[]): void {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@t.example'];
  execFileSync('git', [...who, ...args], { cwd: upstream, stdio: 'pipe' });
}

const kept = makeSkill('@acme/kept', '1.0.0');

/** Publishes and approves a version that an import took from a folder of a repository. */
async function approved(
  skill: Skill,
  from?: { repository?: string; ref?: string; folder?: string },
) {
  const { author, scanner, rita, send, tokens } = users.world;
  const source = {
    repository: pathToFileURL(upstream).href,
    ref: 'refs/heads/main',
    folder: 'skills/gone',
    commit: 'a'.repeat(40),
    ...from,
  };
  const provenance =
    from === undefined ? {} : { provenance: importPredicate(sourceParts(source), 'test') };
  expect(await publish(send, skill, author, provenance)).toMatchObject({ status: 201 });
  await scan(send, tokens.scanner, scanner, skill, 'pass');
  await approve(send, tokens.rita, rita, skill);
}

beforeEach(async () => {
  users = await makeUsers();
  onTestFinished(() => users.world.close());
  upstream = folderWith();
  for (const [path, bytes] of kept.packed.contents) {
    const file = join(upstream, 'skills/kept', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  git('tag', 'v1.0.0');
  await approved(kept, { folder: 'skills/kept' });
});

async function outcomes(address = upstream): Promise<unknown[]> {
  const line = ['import', `${address}#main`, '--scope', 'acme', '--format', 'json'];
  const { exit, stdout, stderr } = await users.as('author', line);
  expect(exit, stderr).toBe(0);
  const { rows } = JSON.parse(stdout);
  return rows.map((row: { name: string; outcome: string }) => [row.name, row.outcome]);
}

it('deprecates what its branch no longer has, once, and says so each time', async () => {
  await approved(makeSkill('@acme/gone', '1.0.0'), {});
  expect(await outcomes()).toEqual([
    ['@acme/kept', 'there'],
    ['@acme/gone', 'deprecated'],
  ]);
  const { stdout } = await users.as('author', ['status', '@acme/gone@1.0.0']);
  expect(stdout).toMatch(
    /deprecated by the author: The skill is no longer in file:.* since commit/,
  );
  expect(await outcomes()).toEqual([
    ['@acme/kept', 'there'],
    ['@acme/gone', 'gone'],
  ]);
});

it.each([
  ['of another repository', { repository: 'https://git.example/other' }],
  ['of another branch', { ref: 'refs/heads/stable' }],
  ['whose folder is still there under another name', { folder: 'skills/kept' }],
  ['that no import published', undefined],
])('leaves a skill %s', async (_, from) => {
  await approved(makeSkill('@acme/gone', '1.0.0'), from);
  expect(await outcomes()).toEqual([['@acme/kept', 'there']]);
});

it('leaves everything where a tag was imported, which tells nothing about today', async () => {
  await approved(makeSkill('@acme/gone', '1.0.0'), {});
  const line = ['import', `${upstream}#v1.0.0`, '--scope', 'acme', '--format', 'json'];
  expect(JSON.parse((await users.as('author', line)).stdout).rows).toHaveLength(1);
});
