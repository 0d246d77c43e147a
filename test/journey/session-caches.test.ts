import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type InstalledHost, makeInstalledHost, type Ran } from './installed-host.ts';

let host: InstalledHost;
let folder = '';
let work = '';

beforeAll(async () => {
  host = await makeInstalledHost();
  folder = mkdtempSync(join(tmpdir(), 'skillgate-caches-'));
  chmodSync(folder, 0o755);
  work = join(folder, 'work');
  mkdirSync(work);
  if (process.getuid?.() === 0) chownSync(work, 65_534, 65_534);
  const policy = { workspaces: { work } };
  mkdirSync(join(host.home, 'config'), { recursive: true, mode: 0o700 });
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
  await host.skill('agent', 'create', 'coder', '--workspace', 'work');
});
afterAll(async () => {
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

const inSession = (script: string): Promise<Ran> =>
  host.skill('agent', 'run', 'coder', '--', 'sh', '-ec', script);

it('keeps what a package manager made for the agent’s next session, and never offers it', async () => {
  const first = await inSession(
    'mkdir -p node_modules/x && echo 1 > node_modules/x/a.js && echo b > src.js',
  );
  expect(first).toMatchObject({ exit: 0, out: '' });
  expect(first.err).toContain(
    'kept for the next session: /workspace/node_modules (1 file, 2 bytes)',
  );
  const { out } = await host.skill('changes', 'show', '--format', 'json');
  const [{ run = '' } = {}] = JSON.parse(out).runs;
  const shown = (await host.skill('changes', 'show', run)).out;
  expect(shown).toContain('1 created by agent coder');
  expect(shown).toContain('kept for the next session: node_modules (1 file, 2 bytes)');
  const next = await inSession(
    'cat node_modules/x/a.js && rm -r node_modules/x && ls node_modules',
  );
  expect(next).toMatchObject({ exit: 0, out: '1\n' });
  expect(existsSync(join(work, 'node_modules'))).toBe(false);
});

it('tells programs what waits, what is kept and what was denied', async () => {
  const { out } = await host.skill(
    ...['agent', 'run', '--format', 'json', 'coder', '--', 'sh', '-c'],
    'mkdir -p .venv; echo 1 > .venv/a; echo a > a; echo "{}" > package.json; curl -s http://other.example/',
  );
  expect(JSON.parse(out)).toMatchObject({
    denied: [{ host: 'other.example', port: 80, why: 'host-denied', requests: 1 }],
    deniedMore: 0,
    waiting: { changes: 2, needDecision: 1 },
    kept: [{ path: '/workspace/.venv', files: 1, bytes: 2 }, { path: '/workspace/node_modules' }],
    limited: false,
  });
});

it('lists and deletes what is kept', async () => {
  await inSession('mkdir -p node_modules .venv && echo 1 > .venv/a');
  const listed = await host.skill('agent', 'cache', 'list', 'coder');
  expect(listed.out).toMatch(/^coder +work +\.venv +1 file +2 bytes +last used /m);
  const cleared = await host.skill('agent', 'cache', 'clear', 'coder', '--workspace', 'work');
  expect(cleared.out).toContain('deleted 2 kept folders of agent coder');
  expect((await inSession('ls -A')).out).toBe('');
  expect((await host.skill('agent', 'cache', 'clear', 'coder', '--workspace', 'x')).err).toContain(
    'Agent coder keeps no build products of workspace x',
  );
});
