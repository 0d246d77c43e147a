/** What a repository could make git do, each with and without the settings of every run of git. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { safeEnvironment, safeSettings } from '../../../runner/git/safe-git.ts';

function repository() {
  const folder = mkdtempSync(join(tmpdir(), 'safe-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const home = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_GLOBAL: '/dev/null' };
  const run = (line: string, env: object = {}): string =>
    execFileSync('/bin/sh', ['-c', line], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...home, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  run(`git init -q -b main . && git config user.name a && git config user.email a@b.example &&
    echo one > a && git add a && git commit -qm one && echo two > a && git commit -qam two`);
  writeFileSync(join(folder, 'trap'), `#!/bin/sh\ntouch ${folder}/sprung\nexit 1\n`);
  chmodSync(join(folder, 'trap'), 0o755);
  return { folder, run, git: gitIn(run) };
}

function gitIn(run: (line: string, env?: object) => string) {
  const settings = safeSettings.map((one) => `-c ${one}`).join(' ');
  return {
    plain: (args: string, env = {}) => run(`git ${args} || true`, env),
    safe: (args: string, env = {}) =>
      run(`git ${settings} ${args} || true`, { ...env, ...safeEnvironment }),
  };
}

describe('git on a repository that a stranger made', () => {
  it.each([
    ['a hook', 'cp trap .git/hooks/post-checkout', 'checkout -q -b other', {}],
    ['a monitor of files', 'git config core.fsmonitor "$PWD/trap"', 'status', {}],
    [
      'a program for signatures',
      `git config gpg.program "$PWD/trap"; git config log.showSignature true
       c=$(git cat-file commit HEAD | sed 's/^committer.*/&\\ngpgsig -----BEGIN PGP SIGNATURE-----\\n \\n x\\n -----END PGP SIGNATURE-----/' | git hash-object -t commit -w --stdin)
       git update-ref HEAD $c`,
      'log -1',
      {},
    ],
    [
      'a setting of the system',
      'printf "[core]\\n\\tfsmonitor = $PWD/trap\\n[log]\\n[alias]\\n\\tx = !./trap\\n" > system',
      'x',
      { GIT_CONFIG_SYSTEM: 'system' },
    ],
    [
      'an object that a remote is asked for',
      `git config core.repositoryFormatVersion 1; git config extensions.partialClone far
       git config remote.far.url "$PWD"; git config remote.far.promisor true
       git config remote.far.uploadpack "$PWD/trap"`,
      'cat-file -p 0123456789012345678901234567890123456789',
      {},
    ],
  ])('starts no program for %s', (_, prepare, args, env) => {
    for (const [how, isSprung] of [
      ['plain', true],
      ['safe', false],
    ] as const) {
      const { folder, run, git } = repository();
      run(prepare);
      git[how](args, env);
      expect([how, existsSync(join(folder, 'sprung'))]).toEqual([how, isSprung]);
    }
  });

  it.each([
    ['another object in place of one', 'git replace HEAD HEAD~1', 'log -1 --format=%s', 'two'],
    ['other parents', 'git rev-parse HEAD > .git/info/grafts', 'rev-list --count HEAD', '2'],
  ])('shows the history that there is, without %s', (_, prepare, args, truth) => {
    const { run, git } = repository();
    run(prepare);
    expect(git.plain(args).trim()).not.toBe(truth);
    expect(git.safe(args).trim()).toBe(truth);
  });

  it('writes nothing where it only looks', () => {
    const { folder, run, git } = repository();
    const index = (): string => readFileSync(join(folder, '.git/index'), 'hex');
    run('touch -d 2001-01-01 a');
    const before = index();
    git.safe('status');
    expect(index()).toBe(before);
    git.plain('status');
    expect(index()).not.toBe(before);
  });
});
