import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAudit } from '../../runner/audit/audit.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { type Ran, skill } from './command-line.ts';

let home: string;
let at: Date;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-log-'));
  at = new Date('2026-11-20T10:00:00Z');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const file = (): string => join(home, 'data/audit/audit.jsonl');
const log = (...argv: readonly string[]): Promise<Ran> =>
  skill(['log', ...argv], { env: { SKILLGATE_HOME: home } });
const record = (run: string, agent: string, event: AuditEvent): void => {
  const audit = openAudit(file(), () => at, join(home, 'config/audit-key.json'));
  audit.record({ run, agent, skill: '@acme/a', version: '1.0.0' }, event);
};
const start = (command: string) =>
  ({
    event: 'start',
    command,
    why: 'month end',
    backend: 'bubblewrap',
    notes: [],
    runner: 1,
  }) as const;
const exit: AuditEvent = { event: 'exit', reason: 'exit', code: 0, milliseconds: 5 };
const denied: AuditEvent = {
  event: 'egress',
  decision: 'denied',
  why: 'host-denied',
  method: 'GET',
  host: 'a.example',
  port: 443,
  path: '/\u001b[2J',
  secrets: [],
};

describe('skillgate log', () => {
  it.each([
    [[], 6],
    [['--agent', 'finance'], 4],
    [['--agent', 'sales'], 2],
    [['--skill', '@acme/a'], 6],
    [['--skill', '@acme/a@1.0.0'], 6],
    [['--skill', '@acme/a@1.0.1'], 0],
    [['--run', 'run-two'], 2],
    [['--since', '90m'], 2],
    [['--since', '2026-11-20T10:30:00Z'], 2],
    [['--since', '2026-11-21'], 0],
  ])('with %j shows %d entries of runs', async (argv, number) => {
    record('run-one', 'finance', start('report'));
    record('run-one', 'finance', denied);
    record('run-one', 'finance', exit);
    record('run-one', 'finance', denied);
    at = new Date('2026-11-20T11:00:00Z');
    record('run-two', 'sales', start('report'));
    record('run-two', 'sales', exit);
    const { exit: code, stdout } = await log(...argv, '--format', 'json');
    const { entries, schema } = JSON.parse(stdout) as {
      schema: string;
      entries: { event: string }[];
    };
    expect([code, schema]).toEqual([0, 'skillgate.log/1']);
    expect(entries.filter(({ event }) => event !== 'checkpoint')).toHaveLength(number);
    const { stdout: lines } = await log(...argv, '--format', 'jsonl');
    expect(
      lines
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).toEqual(entries);
  });

  it('shows nothing that a terminal obeys', async () => {
    record('r', 'finance', denied);
    const { stdout } = await log();
    expect(stdout).toMatch(/denied {2}GET a\.example:443\/\\u\{1b\}\[2J: host-denied/);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  const created = (path: string): AuditEvent => ({ event: 'change', change: 'created', path });

  it('shows the last 50 lines, and says how many entries are left out', async () => {
    for (let number = 0; number < 60; number++) record('r', 'finance', start(`report${number}`));
    const { stderr, stdout } = await log();
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines).toHaveLength(50);
    expect(lines.at(-1)).toContain('report59');
    const { stdout: all } = await log('--all');
    expect(all).toContain('  checkpoint  ');
    expect(stderr).toContain('10 earlier entries not shown: skillgate log --since 2h, or --all');
    for (const more of [['--since', '1d'], ['--run', 'r'], ['--all']])
      expect((await log(...more)).stdout).toContain('report0:');
  });

  it('folds what repeats itself, but never two things that differ', async () => {
    const audit = openAudit(file(), () => at, join(home, 'config/audit-key.json'));
    const add = (event: AuditEvent, run = 'r'): void =>
      audit.record({ run, agent: 'finance', skill: '@acme/a', version: '1.0.0' }, event);
    for (let number = 0; number < 37; number++) add(denied);
    add({ ...denied, path: '/other' });
    for (const path of ['/w/a', '/w/b', '/w/c']) add(created(path));
    add(created('/w/d'), 'other');
    add(exit, 'other');
    const rows = (text: string) => text.split('\n').filter((line) => !line.includes('checkpoint'));
    const [first, second, third, fourth] = rows((await log('--since', '1d')).stdout);
    expect(first).toMatch(/host-denied {2}… 37 times, the last at 2026-11-20T10:00:00\.000Z$/);
    expect(second).toMatch(/\/other: host-denied$/);
    expect(third).toMatch(/created {2}\/w\/a {2}… and 2 more paths, the last \/w\/c$/);
    expect(fourth).toMatch(/created {2}\/w\/d$/);
    expect(rows((await log('--all')).stdout)).toHaveLength(37 + 1 + 3 + 1 + 1 + 1);
  });

  it('follows what happens, until it is told to stop', async () => {
    record('r', 'finance', start('report'));
    const stop = new AbortController();
    const given = { env: { SKILLGATE_HOME: home }, signal: stop.signal };
    const following = skill(['log', '--follow', '--format', 'jsonl'], given);
    setTimeout(() => {
      record('r', 'finance', exit);
      setTimeout(() => stop.abort(), 1_000);
    }, 100);
    const { stdout } = await following;
    expect(stdout).toContain('"event":"start"');
    expect(stdout).toContain('"event":"exit"');
  });
});

describe('skillgate log --verify', () => {
  it('says that a log is whole, and of one that is not which line and what to do', async () => {
    expect(await log('--verify')).toMatchObject({
      exit: 0,
      stdout: 'the audit log is intact: 0 lines; this host’s key has signed the first 0\n',
    });
    record('r', 'finance', start('report'));
    record('r', 'finance', exit);
    expect(await log('--verify')).toMatchObject({
      exit: 0,
      stdout: 'the audit log is intact: 4 lines; this host’s key has signed the first 3\n',
    });
    appendFileSync(file(), '{"half');
    expect(await log('--verify')).toMatchObject({ exit: 0 });
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('month end', 'nothing'));
    const { exit: code, stderr, stdout } = await log('--verify');
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toContain('line 1: the line was changed after it was written');
    expect(stderr).toContain('cp -a');
    const json = JSON.parse((await log('--verify', '--format', 'json')).stdout) as object;
    expect(json).toMatchObject({ schema: 'skillgate.log-verify/1', kind: 'broken', line: 1 });
  });
});
