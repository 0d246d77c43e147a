import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportRow } from '../../cli/publish/import/import-source.ts';
import { makeStage, type Serving } from './processes.ts';

const env: Record<string, string> = {};
const stage = makeStage(env);
const work = join(stage.folder, 'upstream');
const bare = join(stage.folder, 'upstream.git');
let registry: Serving;

const skillMd = (name: string, more = '') =>
  `---\nname: ${name}\ndescription: Says hello to somebody by name.\n${more}---\n\nSay hello.\n`;

let seconds = Date.UTC(2026, 6, 15, 9, 30) / 1000;

function git(...args: string[]): string {
  const at = `${seconds} +0000`;
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], {
    cwd: work,
    env: { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at },
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

/** Commits what lies in the work tree, a minute later, and pushes all branches and tags. */
function push(...tags: string[]): string {
  seconds += 60;
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'next');
  for (const tag of tags) git('tag', '-a', '-m', tag, tag);
  git('push', '-q', '--mirror', bare);
  return git('rev-parse', 'HEAD');
}

beforeAll(async () => {
  stage.write({
    'upstream/LICENSE': 'MIT',
    'upstream/skills/own/SKILL.md': skillMd(
      'own',
      'license: Apache-2.0\nmetadata:\n  version: 1.2.0\n',
    ),
    'upstream/skills/plain/SKILL.md': skillMd('plain'),
    'upstream/skills/plain/run.sh': 'echo hello\n',
    'upstream/skills/leaves/SKILL.md': skillMd('leaves'),
    'upstream/skills/going/SKILL.md': skillMd('going'),
    'upstream/agents/twin.md': skillMd('twin'),
  });
  mkdirSync(join(work, 'skills/twin'));
  symlinkSync('../../agents/twin.md', join(work, 'skills/twin/SKILL.md'));
  symlinkSync('../../../../etc/passwd', join(work, 'skills/leaves/passwd'));
  mkdirSync(join(work, '.claude'));
  symlinkSync('../skills', join(work, '.claude/skills'));
  git('init', '-q', '-b', 'main');
  git('init', '-q', '--bare', '-b', 'main', bare);
  push();
  const fingerprint = (
    await stage.skill('operator', 'registry', 'init', 'data', '--origin', 'localhost')
  ).out.trim();
  registry = await stage.serve('operator', 'data');
  env.SKILLGATE_REGISTRY = registry.base;
  await stage.json('author', 'registry', 'add', registry.base, '--root', fingerprint);
  await stage.json('author', 'key', 'create');
});
afterAll(() => stage.close());

async function importFrom(address: string, ...options: string[]): Promise<ImportRow[]> {
  const words = ['import', address, '--scope', 'acme', '--format', 'json', ...options];
  const { exit, out, err } = await stage.skill('author', ...words);
  expect([0, 6], err).toContain(exit);
  return JSON.parse(out).rows;
}

const short = (rows: readonly ImportRow[]) =>
  rows.map(({ path, version, outcome, reason }) => [path, version ?? reason, outcome]);

const leaves = [
  'skills/leaves',
  '"passwd" is a symbolic link that leaves the repository',
  'refused',
];

describe('skillgate import of a repository', () => {
  it('publishes nothing under a scope that nobody claimed', async () => {
    expect(await stage.skill('author', 'import', bare, '--scope', 'acme')).toMatchObject({
      exit: 6,
      err: expect.stringMatching(/error\[scope-unclaimed\][\s\S]*skillgate scope claim acme/),
    });
    await stage.json('author', 'scope', 'claim', 'acme');
  });

  it('publishes each skill with its commit, and follows the links inside', async () => {
    const id = git('rev-parse', 'HEAD');
    const derived = `0.0.0-0.20260715093100.g${id.slice(0, 12)}`;
    const rows = await importFrom(bare);
    expect(short(rows)).toEqual([
      ['skills/going', derived, 'taken'],
      leaves,
      ['skills/own', '1.2.0', 'taken'],
      ['skills/plain', derived, 'taken'],
      ['skills/twin', derived, 'taken'],
    ]);
    const own = await stage.json('author', 'status', '@acme/own@1.2.0');
    expect(own).toMatchObject({
      source: {
        repository: `file://${bare}`,
        ref: 'refs/heads/main',
        commit: id,
        folder: 'skills/own',
        tree: git('rev-parse', 'HEAD:skills/own'),
        licence: 'Apache-2.0',
        licenceFile: { path: 'LICENSE', blob: git('rev-parse', 'HEAD:LICENSE') },
      },
    });
    const { out } = await stage.skill('author', 'status', '@acme/own@1.2.0');
    expect(out).toMatch(
      new RegExp(
        `source .*upstream.git skills/own\\n.*commit ${id} of refs/heads/main\\nlicence +Apache-2.0`,
      ),
    );
  });

  it('changes nothing when it runs again', async () => {
    expect((await importFrom(bare)).filter(({ outcome }) => outcome === 'taken')).toEqual([]);
  });

  it('makes a newer version of what changed only, whether or not its author named one', async () => {
    writeFileSync(join(work, 'skills/own/more.md'), 'more\n');
    writeFileSync(join(work, 'skills/plain/more.md'), 'more\n');
    const id = push();
    const made = `0.20260715093200.g${id.slice(0, 12)}`;
    expect(short(await importFrom(bare)).filter(([, , outcome]) => outcome === 'taken')).toEqual([
      ['skills/own', `1.2.1-${made}`, 'taken'],
      ['skills/plain', `0.0.0-${made}`, 'taken'],
    ]);
  });

  it('makes a release of what was imported before its tag, once', async () => {
    git('tag', 'v1.9.0');
    git('push', '-q', '--mirror', bare);
    for (const outcome of ['taken', 'there'])
      expect(short(await importFrom(`${bare}#v1.9.0`, '--path', 'skills/plain'))).toEqual([
        ['skills/plain', '1.9.0', outcome],
      ]);
  });

  it('takes a tag for the version, and no other bytes for it later', async () => {
    writeFileSync(join(work, 'skills/plain/more.md'), 'most\n');
    push('v2.0.0', 'own@3.0.0');
    writeFileSync(join(work, 'skills/own/more.md'), 'most\n');
    push();
    expect(short(await importFrom(`${bare}#v2.0.0`, '--path', 'skills/plain'))).toEqual([
      ['skills/plain', '2.0.0', 'taken'],
    ]);
    writeFileSync(join(work, 'skills/plain/more.md'), 'moved\n');
    git('tag', '-d', 'v2.0.0');
    push('v2.0.0');
    expect(short(await importFrom(`${bare}#v2.0.0`, '--path', 'skills/plain'))).toEqual([
      ['skills/plain', expect.stringContaining('already published with other bytes'), 'refused'],
    ]);
  });

  it('takes names of any script, skill.md, and the files of a plugin that a skill names', async () => {
    stage.write({
      'upstream/plugins/p/.claude-plugin/plugin.json': '{"name":"p"}',
      'upstream/plugins/p/lib/x.py': 'print(1)\n',
      'upstream/plugins/p/docs/skill.md': 'What a skill is.\n',
      'upstream/plugins/p/skills/low/skill.md': skillMd('low'),
      'upstream/plugins/p/skills/周报/SKILL.md': `${skillMd('周报')}\`python3 \${CLAUDE_PLUGIN_ROOT}/lib/x.py\`\n[more](../gone.md)\n`,
    });
    push();
    const words = ['import', bare, '--scope', 'acme', '--path', 'plugins/p', '--format', 'json'];
    const { out, err } = await stage.skill('author', ...words);
    expect(JSON.parse(out).rows.map(({ name }: ImportRow) => name)).toEqual([
      '@acme/low',
      '@acme/xn-zsr444a',
    ]);
    expect(err).toContain('plugins/p/skills/周报: with files of its plugin: plugin/lib/x.py\n');
    expect(err).toContain('what an import cannot bring: ../gone.md\n');
  });

  it('says what an address lacks', async () => {
    const refusals = [
      [`${bare}#nothing`, 3, 'error[git-ref-unknown]'],
      ['file:///nowhere.git', 4, "git failed: fatal: '/nowhere.git' does not appear"],
      ['ext::sh -c id', 2, 'error[git-address-invalid]'],
      [`${bare}#main`, 3, 'The commit has a skill in "', '--path', 'agents/none'],
      [bare, 2, 'error[usage]', '--path', '../x'],
    ] as const;
    for (const [address, exit, says, ...options] of refusals)
      expect(
        await stage.skill('author', 'import', address, '--scope', 'acme', ...options),
      ).toMatchObject({
        exit,
        err: expect.stringContaining(says),
      });
  });

  it('reads a work tree with a branch as its commit, not as its files', async () => {
    rmSync(join(work, 'skills/going'), { recursive: true });
    const rows = await importFrom(`${work}#main`);
    expect(rows.map(({ path }) => path)).toContain('skills/going');
  });

  it('stops whole when the registry goes', async () => {
    await registry.stop();
    expect(await stage.skill('author', 'import', work, '--scope', 'acme')).toMatchObject({
      exit: 4,
      err: expect.stringContaining('error[registry-down]'),
    });
  });
});
