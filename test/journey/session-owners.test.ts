import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gitAuthor } from '../git-author.ts';
import { makeApprover, passphrase } from './approver.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';
import { atTerminal } from './terminal.ts';

const isRoot = process.getuid?.() === 0;
let host: InstalledHost;
let folder = '';

/** Owner and group of workspaces, as on a host where the operator is root. */
const owners = {
  person: [1_000, 1_000],
  shared: [1_000, 4_242],
  nobody: [65_534, 65_534],
  root: [0, 0],
} as const;

function inFolder(name: keyof typeof owners, script: string): string {
  const [uid, gid] = owners[name];
  const { stderr, stdout } = spawnSync('sh', ['-ec', script], {
    cwd: join(folder, name),
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...gitAuthor },
    encoding: 'utf8',
    uid,
    gid,
  });
  return `${stdout}${stderr}`;
}

beforeAll(async () => {
  if (!isRoot) return;
  host = await makeInstalledHost();
  folder = mkdtempSync(join(tmpdir(), 'skillgate-owners-'));
  chmodSync(folder, 0o755);
  const mira = await makeApprover(join(host.home, 'config'));
  const workspaces: Record<string, string> = {};
  for (const [name, [uid, gid]] of Object.entries(owners)) {
    workspaces[name] = join(folder, name);
    mkdirSync(join(folder, name));
    chownSync(join(folder, name), uid, gid);
    if (name === 'shared') chmodSync(join(folder, name), 0o2775);
  }
  const policy = { workspaces, approvers: [mira] };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
});
afterAll(async () => {
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

it.for(['person', 'shared', 'nobody', 'root'] as const)(
  'a session in a folder of another user (%s) is that user or nobody, and what a person accepts is theirs',
  async (name, { skip }) => {
    skip(!isRoot, 'only root has folders of other users');
    const [uid, gid] = owners[name];
    inFolder(
      name,
      'git init -q -b main; echo one > a; mkdir sub; git add -A; git commit -qm begin',
    );
    await host.skill('agent', 'create', name, '--workspace', name);
    const script =
      'id -u; stat -c %u:%g . a .git; echo two >> a; echo x > sub/x; git add -A; git commit -qm work; echo later > later';
    const ran = await host.skill('agent', 'run', name, '--', 'sh', '-ec', script);
    const [user, group] = uid === 0 ? owners.nobody : [uid, gid];
    expect(ran.out).toBe(`${user}\n${`${user}:${group}\n`.repeat(3)}`);
    const { out } = await host.skill('changes', 'show', '--format', 'json');
    const [{ digest = '', run = '' } = {}] = JSON.parse(out).runs;
    const words = ['changes', 'accept', run, '--digest', digest];
    await atTerminal(words, host.env, [['Passphrase of key mira', passphrase]]);
    expect(
      inFolder(name, 'git log --format=%s; git status -s; git fsck 2>&1; cat a sub/x later'),
    ).toBe('work\nbegin\n?? later\none\ntwo\nx\nlater\n');
    expect(inFolder(name, `find . ! -uid ${uid} -o ! -gid ${gid}`)).toBe('');
  },
);
