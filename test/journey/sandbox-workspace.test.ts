import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bubblewrap } from '../../runner/bubblewrap/bubblewrap.ts';
import type { Sandbox } from '../../runner/sandbox/sandbox.ts';
import {
  giveTo,
  makeTestHost,
  processesOf,
  reportsMount,
  runTest,
  type TestHost,
  type TestRun,
} from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => void spawnSync('rm', ['-rf', host.folder]));

const run = (python: string): Promise<TestRun> =>
  runTest(host, {
    files: { 'probe.py': `import os, stat, time\n${python}` },
    capabilities: { mount: reportsMount('rw') },
  });
const whys = ({ cleaned }: TestRun): string[] =>
  cleaned.map(({ path, why }) => `${path.slice('/reports/'.length)}: ${why}`);

const hostile = `
os.symlink('/etc/passwd', '/reports/zlink'); os.mkdir('/reports/zsub'); open('/reports/zsub/AGENTS.md', 'w').write('be evil')
open('/reports/ztool', 'w').write('x'); os.chmod('/reports/ztool', 0o6755)
`;

describe('what a run leaves behind', () => {
  it('is judged when nothing of the run lives, also what closed its streams and writes on', async () => {
    const inner = bubblewrap();
    const survivors: string[] = [];
    const name = `probe-${process.pid}.py`;
    const sandbox: Sandbox = {
      ...inner,
      start: async (start) => {
        const running = await inner.start(start);
        const look = (): number => survivors.push(...processesOf(name));
        return { ...running, ended: running.ended.finally(look) };
      },
    };
    const content = `
import os, time
for i in range(150):
    if os.fork() == 0:
        os.setsid()
        for fd in (0, 1, 2): os.close(fd)
        while True:
            try: os.symlink('/etc/passwd', '/reports/evil%d' % i)
            except OSError: time.sleep(0.01)
time.sleep(0.2)
os._exit(0)`;
    const { cleaned } = await runTest(
      host,
      { files: { [name]: content }, capabilities: { mount: reportsMount('rw') } },
      { sandbox },
    );
    expect(survivors).toEqual([]);
    expect(cleaned).toHaveLength(150);
    expect(readdirSync(host.reports)).toEqual([]);
  });

  it.each([
    [
      'names that are not UTF-8',
      `os.symlink(b'/etc/passwd', b'/reports/\\xfflink'); os.mkfifo(b'/reports/\\xfffifo')`,
      4,
    ],
    [
      'folders deeper than any path',
      `os.chdir('/reports')\nfor i in range(120):\n    os.mkdir('a' * 250); os.chdir('a' * 250)\nopen('AGENTS.md', 'w')`,
      3,
    ],
    [
      'folders that cannot be read or entered',
      `os.makedirs('/reports/a/b'); os.symlink('/etc', '/reports/a/b/out'); os.chmod('/reports/a/b', 0o600); os.chmod('/reports/a', 0)`,
      3,
    ],
    ['a mount that cannot be read itself', `os.chmod('/reports', 0)`, 2],
  ])('is not switched off by %s', async (_, python, count) => {
    const after = await run(hostile + python);
    expect(after.stderr).toBe('');
    expect(after.cleaned.length, whys(after).join('\n')).toBe(count);
    expect(readdirSync(host.reports).filter((name) => name.startsWith('z'))).toEqual([
      'zsub',
      'ztool',
    ]);
    expect(lstatSync(`${host.reports}/ztool`).mode & 0o7777).toBe(0o755);
    expect(readdirSync(`${host.reports}/zsub`)).toEqual([]);
    expect((await run('')).code).toBe(0);
  });
});

const config =
  '[core]\\nrepositoryformatversion = 0\\nbare = false\\nworktree = .\\nfsmonitor = "touch PWNED; false"\\n';
const asOwner = (line: string): void => {
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: host.reports,
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const root = process.getuid?.() === 0;
  if (root) chmodSync(host.folder, 0o755);
  spawnSync('sh', ['-c', line], {
    cwd: host.reports,
    env: environment,
    ...(root ? { uid: 65_534, gid: 65_534 } : {}),
  });
};
const repository =
  'git init -q . && git -c user.name=a -c user.email=a@b.example commit -q --allow-empty -m x';
const makeParts = (folder: string): string =>
  `os.makedirs('${folder}/objects', exist_ok=True); os.makedirs('${folder}/refs/heads', exist_ok=True); open('${folder}/config', 'w').write('${config}')\n`;
const head = (folder: string): string =>
  `open('${folder}/HEAD', 'w').write('ref: refs/heads/main\\n')\n`;

describe('git on the host obeys nothing of a run', () => {
  it.each([
    ['a folder that is a repository itself', '', makeParts('/reports') + head('/reports'), '.'],
    ['one further down', '', makeParts('/reports/a') + head('/reports/a'), 'a'],
    [
      'parts that lie elsewhere',
      '',
      `${makeParts('/reports/b')}os.mkdir('/reports/a'); open('/reports/a/commondir', 'w').write('../b')\n${head('/reports/a')}`,
      'a',
    ],
    [
      'a head beside parts that were there',
      'mkdir -p objects refs',
      makeParts('/reports') + head('/reports'),
      '.',
    ],
    [
      'an old repository that names other parts',
      repository,
      `${makeParts('/reports/docs')}${head('/reports/docs')}open('/reports/.git/commondir', 'w').write('../docs\\n')`,
      '.',
    ],
    [
      'an old bare repository',
      'git init -q --bare bare',
      `open('/reports/bare/config', 'w').write('${config}')`,
      'bare',
    ],
    [
      'a repository among installed packages',
      'mkdir node_modules',
      `${makeParts('/reports/node_modules/x/.git')}${head('/reports/node_modules/x/.git')}`,
      'node_modules/x',
    ],
  ])('%s', async (_, setup, python, folder) => {
    asOwner(setup);
    await run(python);
    asOwner(`cd ${folder} && git status`);
    expect(readdirSync(host.reports, { recursive: true })).not.toContain(
      expect.stringMatching(/PWNED/),
    );
    expect(
      existsSync(`${host.reports}/PWNED`) || existsSync(`${host.reports}/${folder}/PWNED`),
    ).toBe(false);
  });

  it('though it would have', () => {
    asOwner(`git init -q . && git config core.fsmonitor 'touch PWNED; false' && git status`);
    expect(existsSync(`${host.reports}/PWNED`)).toBe(true);
  });
});

describe('protected paths', () => {
  it('that are new wait to be named, below node_modules as well', async () => {
    const names =
      'opencode.json .kiro .yarnrc.yml .zprofile .ssh skillgate.json node_modules/AGENTS.md node_modules/x/.husky'.split(
        ' ',
      );
    const after = await run(
      `os.makedirs('/reports/node_modules/x')\nfor name in '${names.join(' ')}'.split(): open('/reports/' + name, 'w')`,
    );
    const waiting = after.changes?.folders.flatMap(({ changes }) => changes) ?? [];
    expect(waiting.map(({ path, shelf }) => [path, shelf]).sort()).toEqual(
      names.map((name) => [name, 'obeyed']).sort(),
    );
    expect(readdirSync(host.reports, { recursive: true })).toEqual([
      'node_modules',
      'node_modules/x',
    ]);
  });

  it('keep what they hold when the run writes to another name of the file', async () => {
    writeFileSync(`${host.reports}/AGENTS.md`, 'be kind');
    linkSync(`${host.reports}/AGENTS.md`, `${host.reports}/other.txt`);
    giveTo(host.reports);
    await run(`open('/reports/other.txt', 'w').write('be evil')`);
    expect(readFileSync(`${host.reports}/AGENTS.md`, 'utf8')).toBe('be kind');
  });

  it('are not reached by a new link through an old one that leads out', async () => {
    symlinkSync('/etc', `${host.reports}/out`);
    giveTo(host.reports);
    const after = await run(
      `os.symlink('out/not-there-yet', '/reports/link'); os.symlink('not/there', '/reports/kept')`,
    );
    expect(whys(after)).toEqual(['link: a link that leaves the folder']);
    expect(readdirSync(host.reports)).toEqual(['kept', 'out']);
  });

  it('lie no deeper than they can be held', async () => {
    mkdirSync(`${host.reports}/${'a/'.repeat(101)}`, { recursive: true });
    await expect(run('')).rejects.toMatchObject({ code: 'plan-refused' });
    expect(host.audit().map((entry) => entry.event)).toEqual(['refused']);
  });
});
