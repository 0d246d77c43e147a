import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { smallEntriesMax } from '../../runner/mounts/views.ts';
import { gitAuthor } from '../git-author.ts';

const guard = fileURLToPath(new URL('../../cli/guard.js', import.meta.url));
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
let folder = '';

function skill(...argv: string[]): { readonly exit: number | null; readonly out: string } {
  const env = { PATH: '/usr/bin:/bin', HOME: folder, SKILLGATE_HOME: join(folder, 'home') };
  const { status, stderr, stdout } = spawnSync(process.execPath, [guard, ...argv], {
    cwd: folder,
    env,
    encoding: 'utf8',
    ...nobody,
  });
  return { exit: status, out: `${stdout}${stderr}` };
}

/** Makes a workspace with a folder of files, and returns the workspace's path. */
function makeWorkspace(name: string, files: number): string {
  const path = join(folder, name);
  mkdirSync(join(path, 'src'), { recursive: true });
  for (let at = 0; at < files; at++) writeFileSync(join(path, 'src', `${at}.txt`), `${at}\n`);
  return path;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-rootless-'));
  const workspaces = {
    large: makeWorkspace('large', smallEntriesMax + 1),
    small: makeWorkspace('small', 2),
  };
  mkdirSync(join(folder, 'home/config'), { recursive: true });
  writeFileSync(join(folder, 'home/config/host.json'), JSON.stringify({ workspaces }), {
    mode: 0o600,
  });
  if (nobody.uid !== undefined) {
    spawnSync('chown', ['-R', '65534:65534', folder]);
    chownSync(folder, 65_534, 65_534);
  }
  for (const name of ['large', 'small']) skill('agent', 'create', name, '--workspace', name);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rename = `python3 -c "import os; os.rename('src', 'lib')" 2>&1 | tail -1`;

describe('a session of a runner that is not root', () => {
  it('sees a large workspace through an overlay, and leaves the host’s folder as it is', () => {
    const before = statSync(join(folder, 'large/src')).ctimeMs;
    const { out } = skill(
      ...['agent', 'run', 'large', '--', 'sh', '-c'],
      `echo new > new.txt; echo two >> src/1.txt; rm src/2.txt; cat src/1.txt; ${rename}; id -u`,
    );
    expect(out).toContain('1\ntwo\n');
    expect(out).toContain('Invalid cross-device link');
    expect(out).toContain('1 created, 1 changed, 1 deleted');
    expect(out).toMatch(new RegExp(`^${nobody.uid ?? process.getuid?.()}$`, 'm'));
    expect(readFileSync(join(folder, 'large/src/1.txt'), 'utf8')).toBe('1\n');
    expect(statSync(join(folder, 'large/src')).ctimeMs).toBe(before);
  });

  it('reaches the proxy, may open unix sockets, and gets no capability', () => {
    const python = [
      'import socket',
      "socket.create_connection(('127.0.0.1', 3128)).close()",
      "socket.socket(socket.AF_UNIX).bind('/tmp/own')",
      "print([l for l in open('/proc/self/status') if l[:3] == 'Cap' and int(l[7:], 16)])",
    ].join('\n');
    expect(skill('agent', 'run', 'large', '--', 'python3', '-c', python)).toEqual({
      exit: 0,
      out: '[]\n',
    });
  });

  it('starts while a run of another user has a folder that is closed', ({ skip }) => {
    skip(nobody.uid === undefined, 'only root makes folders of other users');
    const other = join(tmpdir(), 'skillgate-Closed');
    mkdirSync(other, { mode: 0o700 });
    onTestFinished(() => rmSync(other, { recursive: true }));
    const ran = skill('agent', 'run', 'small', '--', 'echo', 'started');
    expect(ran).toEqual({ exit: 0, out: 'started\n' });
  });

  it('starts Node as a granted program, although memory is limited for each process', ({
    skip,
  }) => {
    skip(!existsSync('/usr/bin/node'), 'this host lacks /usr/bin/node');
    const probe = join(folder, 'probe');
    mkdirSync(probe);
    const manifest = {
      name: '@acme/probe',
      version: '0.1.0',
      commands: { go: 'go.py' },
      capabilities: { exec: [{ program: 'node', why: 'test' }] },
    };
    const go = `import subprocess; subprocess.run(['node', '-e', 'console.log(7)'])`;
    writeFileSync(join(probe, 'SKILL.md'), '---\nname: probe\ndescription: probe\n---\n# probe\n');
    writeFileSync(join(probe, 'skill.json'), JSON.stringify(manifest));
    writeFileSync(join(probe, 'go.py'), go);
    expect(skill('try', probe, 'go')).toEqual({ exit: 0, out: '7\n' });
  });

  it('renames a folder of a small workspace, which is a copy', () => {
    const { out } = skill('agent', 'run', 'small', '--', 'sh', '-c', `${rename}; ls`);
    expect(out).toMatch(/^lib\n/);
    expect(out).not.toContain('cross-device');
  });

  it.each(['small', 'large'])('commits in a linked work tree of a %s repository', (size) => {
    const main = makeWorkspace(`main-${size}`, size === 'small' ? 2 : smallEntriesMax + 1);
    if (nobody.uid !== undefined) spawnSync('chown', ['-R', '65534:65534', main]);
    const tree = join(folder, `tree-${size}`);
    const onHost = (script: string): string =>
      spawnSync('sh', ['-ec', script], {
        cwd: main,
        env: { PATH: '/usr/bin:/bin', HOME: folder, ...gitAuthor },
        encoding: 'utf8',
        ...nobody,
      }).stdout;
    onHost(`git init -q; git add .; git commit -qm begin; git worktree add -q ${tree} -b work`);
    expect(skill('host', 'workspace', 'add', `tree-${size}`, tree).exit).toBe(0);
    skill('agent', 'create', `tree-${size}`, '--workspace', `tree-${size}`);
    const { out } = skill(
      ...['agent', 'run', `tree-${size}`, '--', 'sh', '-ec'],
      `git status -s; echo new > src/new; git add .; git commit -qm more; git repack -adnq
      git fsck; git log --format=%s; grep -rl ${folder} . .git || echo no path of the host`,
    );
    expect(out).toContain('more\nbegin\nno path of the host\nnote: changes of the run');
    expect(out).toContain('branch work; 1 created');
    expect(onHost('git log --all --format=%s')).toBe('begin\n');
  });
});
