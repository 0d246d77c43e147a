import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { gitAuthor } from '../git-author.ts';
import { makeApprover, passphrase } from './approver.ts';
import { type InstalledHost, makeInstalledHost, type Ran } from './installed-host.ts';
import { atTerminal } from './terminal.ts';

let host: InstalledHost;
let folder = '';
let work = '';

beforeAll(async () => {
  host = await makeInstalledHost();
  folder = mkdtempSync(join(tmpdir(), 'skillgate-commits-'));
  chmodSync(folder, 0o755);
  work = join(folder, 'work');
  mkdirSync(work);
  const mira = await makeApprover(join(host.home, 'config'));
  const policy = {
    workspaces: { work },
    approvers: [mira],
  };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
  await host.skill('agent', 'create', 'coder', '--workspace', 'work');
});
beforeEach(async () => {
  for (const name of readdirSync(work)) rmSync(join(work, name), { recursive: true });
  onHost('git init -q -b main && echo one > a && git add a && git commit -qm begin');
});
afterAll(async () => {
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A shell script in the folder, as its owner. */
function onHost(script: string): string {
  const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (process.getuid?.() === 0) chownSync(work, 65_534, 65_534);
  const { status, stderr, stdout } = spawnSync('sh', ['-ec', script], {
    cwd: work,
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...gitAuthor },
    ...owner,
  });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout.toString();
}

const inSession = (script: string): Promise<Ran> =>
  host.skill('agent', 'run', 'coder', '--', 'sh', '-ec', script);

/** Shows and accepts the changes that wait. */
async function accept(
  ...more: string[]
): Promise<{ readonly shown: string; readonly said: string }> {
  const { out } = await host.skill('changes', 'show', '--format', 'json');
  const [{ digest = '', run = '' } = {}] = JSON.parse(out).runs;
  const shown = (await host.skill('changes', 'show', run)).out;
  const words = ['changes', 'accept', run, '--digest', digest, ...more];
  const said = await atTerminal(words, host.env, [['Passphrase of key mira', passphrase]]);
  return { shown, said: said.shown };
}

it('brings an agent’s commit to the host’s branch, with files and index', async () => {
  const ran = await inSession(
    'git status -s; echo two >> a && echo b > b && git add -A && git commit -qm work',
  );
  expect(ran).toMatchObject({ exit: 0, out: '' });
  expect(ran.err).toContain('branch main');
  const { said, shown } = await accept();
  expect(shown).toMatch(/moved branch main in \/workspace, which the host is on: 1 new commit\n/);
  expect(shown).toMatch(/^ {2}[0-9a-f]{10} work \(coder \(agent\) <coder@agent.invalid>\)$/m);
  expect(shown).toContain('+two');
  expect(shown).toContain('as in branch main');
  expect(said).toContain('applied: branch main');
  expect(onHost('git log --format=%s; git status -s; cat b; git fsck 2>&1')).toBe(
    'work\nbegin\nb\n',
  );
});

it('waits for the name of a branch whose commits change what hosts obey', async () => {
  await inSession(
    `echo '{"scripts":{"x":"y"}}' > package.json && git add -A && git commit -qm work`,
  );
  const { said, shown } = await accept();
  expect(shown).toContain(
    'its commits change package.json, which hosts or agents obey; accept it with --include main',
  );
  expect(said).toContain('each has to be named');
  expect(onHost('git log --format=%s; ls')).toBe('begin\na\n');
  await accept('--include', 'main');
  expect(onHost('git log --format=%s; git status -s; ls')).toBe('work\nbegin\na\npackage.json\n');
});

it('never runs in the view what the agent put into the repository’s settings', async () => {
  const ran = await inSession(`git commit -q --allow-empty -m work
    git config core.fsmonitor 'touch /workspace/ran; id > /tmp/id; true'
    git config uploadpack.packObjectsHook 'touch /workspace/ran;'
    printf '#!/bin/sh\\ntouch /workspace/ran\\n' > .git/hooks/reference-transaction
    chmod +x .git/hooks/reference-transaction`);
  expect(ran.exit).toBe(0);
  await accept();
  expect(onHost('git log --format=%s; ls -A; ls .git/hooks | grep -v sample || true')).toBe(
    'work\nbegin\n.git\na\n',
  );
});

it('keeps the agent’s commits when the host committed meanwhile, and says so', async () => {
  await inSession('echo two >> a && git commit -qam work');
  onHost('echo c > c && git add c && git commit -qm host');
  const { said } = await accept();
  expect(said).toContain('branch main was moved on the host since the run began');
  expect(said).not.toContain('Passphrase');
  expect(onHost('git log --format=%s; cat a')).toBe('host\nbegin\none\n');
  // The printed commands of git keep both sides.
  const [, branch = '', reset = '', merge = ''] =
    /To keep both sides of main: (git .*?), then (git .*?), then accept, then (git .*? merge main-mine)/.exec(
      said,
    ) ?? [];
  onHost(`${branch}; ${reset}`);
  await accept();
  onHost(`${merge} -m both`);
  expect(onHost('git log --format=%s | sort; git status -s; cat a c')).toBe(
    'begin\nboth\nhost\nwork\none\ntwo\nc\n',
  );
});

it('says how many older stashes stay, and shows changes in the pager of a person', async () => {
  const ran = await inSession(
    'for i in 1 2 3; do echo $i >> a; git stash -q; done; echo b > b; mkdir sub; cd sub; git init -q -b main; echo c > c; git add c; git commit -qm sub',
  );
  expect(ran.err).toContain('only the newest stash comes over: 2 older stashes stay in the view');
  const { out } = await host.skill('changes', 'show', '--format', 'json');
  const [{ run = '' } = {}] = JSON.parse(out).runs;
  const env = { ...host.env, PAGER: "sed 's/^/paged: /'" };
  const { shown } = await atTerminal(['changes', 'show', run], env, []);
  expect(shown).toMatch(/^paged: .*by agent coder in a session, /m);
  expect((await host.skill('changes', 'show', run)).out).not.toContain('paged');
  await host.skill('changes', 'discard', run);
});
