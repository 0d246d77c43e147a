import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBackends } from '../../runner/backends/backends.ts';
import { gitAuthor } from '../git-author.ts';
import { makeApprover, passphrase } from './approver.ts';
import { type InstalledHost, makeInstalledHost, type Ran } from './installed-host.ts';
import { atTerminal } from './terminal.ts';

const isRoot = process.getuid?.() === 0;
const owner = isRoot ? { uid: 65_534, gid: 65_534 } : {};
let host: InstalledHost;
let folder = '';
let policy: object = {};

beforeAll(async () => {
  host = await makeInstalledHost();
  folder = mkdtempSync(join(tmpdir(), 'skillgate-trees-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'main'));
  if (isRoot) for (const path of [folder, join(folder, 'main')]) chownSync(path, 65_534, 65_534);
  policy = { approvers: [await makeApprover(join(host.home, 'config'))] };
  setPolicy({});
  onHost(`git init -q -b main && mkdir src hooks && echo begin > src/a && echo true > hooks/pre-push
    git add . && git commit -qm begin && git config core.untrackedCache true
    git config core.hooksPath hooks && git config user.signingKey ${folder}/key
    git remote add origin ${folder}/origin && git remote add web https://git.example/main.git
    for i in one two; do git worktree add -q ../$i -b $i; git -C ../$i status -s; done`);
  for (const name of ['one', 'two']) await addAgent(name);
});
afterAll(async () => {
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

function setPolicy(more: object): void {
  const file = join(host.home, 'config/host.json');
  const workspaces = { one: join(folder, 'one'), two: join(folder, 'two') };
  writeFileSync(file, JSON.stringify({ ...policy, workspaces, ...more }), { mode: 0o600 });
}

async function addAgent(name: string): Promise<void> {
  const added = await host.skill('host', 'workspace', 'add', name, join(folder, name));
  if (added.exit !== 0) throw new Error(added.err);
  await host.skill('agent', 'create', name, '--workspace', name);
}

/** A shell script in the main work tree, as its owner. */
function onHost(script: string): string {
  const { status, stderr, stdout } = spawnSync('sh', ['-ec', script], {
    cwd: join(folder, 'main'),
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...gitAuthor },
    ...owner,
  });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout.toString();
}

const inSession = (name: string, script: string): Promise<Ran> =>
  host.skill('agent', 'run', name, '--', 'sh', '-ec', script);

/** The runs whose changes wait. */
async function waiting(): Promise<
  { readonly run: string; readonly agent: string; readonly digest: string }[]
> {
  return JSON.parse((await host.skill('changes', 'show', '--format', 'json')).out).runs;
}

/** Accepts the changes of an agent. */
async function accept(name: string, ...more: string[]): Promise<string> {
  const { digest = '', run = '' } = (await waiting()).find(({ agent }) => agent === name) ?? {};
  const words = ['changes', 'accept', run, '--digest', digest, ...more];
  return (await atTerminal(words, host.env, [['Passphrase of key mira', passphrase]])).shown;
}

const hasRunc = isRoot && findBackends().some(({ name }) => name === 'runc');

describe.each([['bubblewrap'], ...(hasRunc ? [['runc']] : [])])('in a sandbox of %s', (backend) => {
  it('two agents commit in two work trees of one repository at once, and see no path of the host', async () => {
    setPolicy({ backend });
    onHost(`for i in one two; do cd ../$i; git reset -q --hard main; done`);
    const script = (name: string): string => `git status -s; git log --format=%s; git branch -a
      grep -rl ${folder} . .git || echo no path of the host; git remote
      echo ${name} > src/${name}; git add .; git commit -qm ${name}; sleep 1; git fsck --no-dangling; git repack -adnq
      git log --format=%s main..${name}; cat .git/HEAD`;
    const ran = await Promise.all(
      ['one', 'two'].map((name) => inSession(name, script(name)).then((one) => [name, one])),
    );
    for (const [name, one] of ran)
      expect(one).toMatchObject({
        exit: 0,
        out: `begin\n${name === 'one' ? '  main\n* one\n  two' : '  main\n  one\n* two'}\nno path of the host\norigin\nweb\n${name}\nref: refs/heads/${name}\n`,
        // Nothing stays in the view.
        err: expect.stringMatching(/^note: changes of the run in its view of .*\n$/),
      });
    const main = 'git rev-parse main; git status -s; ls -A . src';
    const before = onHost(main);
    for (const name of ['one', 'two'])
      expect(await accept(name)).toContain(`applied: branch ${name}; 1 created`);
    expect(onHost(main)).toBe(before);
    for (const name of ['one', 'two']) {
      const tree = `cd ../${name}; git log --format=%s; git status -s; cat src/${name}; git fsck --no-dangling`;
      expect(onHost(tree)).toBe(`${name}\nbegin\n${name}\n`);
    }
  });
});

it('moves no branch on which another work tree is', async () => {
  await inSession('one', 'git switch -q main; git commit -q --allow-empty -m x; git branch free');
  expect(await accept('one')).toContain(
    'branch main is checked out in another work tree of the host: type git switch --detach there',
  );
  expect(onHost('git log --format=%s main')).toBe('begin\n');
  onHost('git switch -q --detach');
  expect(await accept('one')).toContain('applied: branch free, branch main');
  expect(onHost('git log --format=%s -1 main; git switch -q main')).toBe('x\n');
});

it('obeys the hooks that the repository of a work tree names in it', async () => {
  await inSession('one', 'echo evil > hooks/pre-commit; echo evil > src/pre-commit');
  expect(await accept('one')).toContain('applied: 1 created');
  expect(onHost('cd ../one; ls hooks; cat src/pre-commit')).toBe('pre-push\nevil\n');
});

it('starts no session in a work tree that its repository does not know', async () => {
  onHost('cd ../two; mv .git ../kept; echo "gitdir: $PWD/../main/.git/worktrees/one" > .git');
  const ran = await inSession('two', 'echo started');
  expect(ran).toMatchObject({
    exit: 6,
    out: '',
    err: expect.stringContaining('knows this work tree'),
  });
  onHost('mv ../kept ../two/.git');
  expect(await inSession('two', 'echo started')).toMatchObject({ exit: 0, out: 'started\n' });
});

it('brings the commits of a submodule to its repository', async () => {
  onHost(`cd ..; git -c protocol.file.allow=always clone -q main top; cd top
    git -c protocol.file.allow=always submodule --quiet add ../main sub; git commit -qm sub`);
  await addAgent('top');
  const ran = await inSession(
    'top',
    `git status -s; git log --format=%s -1; cd sub; git log --format=%s -1; echo new > new; git add .
    git diff --cached --stat | tail -1; git commit -qm inside; cd ..; git commit -qam moved; git status -s`,
  );
  expect(ran.out).toBe('sub\nx\n 1 file changed, 1 insertion(+)\n');
  expect(await accept('top', '--include', '.:main', '--include', 'sub:main')).toContain('applied');
  expect(
    onHost(
      'cd ../top; git status -s; git log --format=%s -1; cd sub; git log --format=%s -1; git fsck --no-dangling',
    ),
  ).toBe('moved\ninside\n');
});
