import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { probeHost } from '../../cli/host/toolchains.ts';
import { runEscapeSuite } from '../../cli/proofs/escape/report.ts';
import { type EscapeResult, escapeGroups } from '../../cli/proofs/escape/row.ts';
import { escapeRows } from '../../cli/proofs/escape/rows.ts';
import { bubblewrap } from '../../runner/bubblewrap/bubblewrap.ts';
import { waitForClaim } from '../../runner/changes/waiting.ts';
import { unlock } from '../../runner/files/lock.ts';
import { runSkill } from '../../runner/run/run.ts';
import type { SandboxStart } from '../../runner/sandbox/sandbox.ts';
import { deniedSyscalls, judgedSyscalls } from '../../skills-index/run/plan/seccomp.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { isWhole, sampleOf } from '../sample.ts';
import { makeStage } from './processes.ts';
import {
  giveTo,
  makeTestHost,
  processesOf,
  reportsMount,
  requestFor,
  runTest,
  type TestHost,
  tryIt,
} from './sandbox-fixture.ts';

const column = process.arch === 'arm64' ? 1 : 0;
const root = process.getuid?.() === 0;

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

// Each attempt alone is `skill doctor --escape`; what it prints is in docs/escape-suite.md.
describe('the escape suite', () => {
  it('lets nothing through, of each group', async () => {
    const rows = sampleOf(escapeRows, 16, ({ group }) => group);
    const results = await runEscapeSuite({ rows, sandboxes: [bubblewrap()] });
    expect(results.filter((row) => row.result === 'through')).toEqual([]);
    const held = results.filter((row) => row.result === 'blocked' || row.result === 'contained');
    expect(held.every((row) => row.bare === 'succeeds')).toBe(true);
    if (root) expect(held.length).toBeGreaterThan(20);
  });

  const whole = isWhole ? it : undefined;
  whole?.(
    'as a command lets nothing through, and has attempts in each group that work where nothing stops them',
    async () => {
      const stage = makeStage();
      onTestFinished(() => stage.close());
      const line = ['doctor', '--escape', '--backend', 'bubblewrap', '--format', 'json'] as const;
      const { exit, out, err } = await stage.skill('operator', ...line);
      expect(out, err).not.toBe('');
      const { rows: results } = JSON.parse(out) as { rows: EscapeResult[] };
      expect(results.filter((row) => row.result === 'through')).toEqual([]);
      const held = results.filter((row) => row.result === 'blocked' || row.result === 'contained');
      expect(held.every((row) => row.bare === 'succeeds')).toBe(true);
      for (const group of escapeGroups)
        expect(
          held.map((row) => row.group),
          group,
        ).toContain(group);
      expect(results.map((row) => row.name)).toEqual(escapeRows.map((row) => row.name));
      expect(exit).toBe(0);
      // As root most attempts have a twin that works; what the kernel or the machine lacks is said.
      if (root) expect(held.length).toBeGreaterThan(290);
      // More than 500 attempts, each with a bare twin, need minutes beside other journeys.
    },
    900_000,
  );

  const some = [
    'read a file by its absolute path',
    'read the environment of every process',
    'print without end',
  ];
  const rows = escapeRows.filter((row) => some.includes(row.name));
  const broken: readonly (readonly [
    string,
    (what: SandboxStart) => SandboxStart,
    readonly string[],
  ])[] = [
    [
      'hands on the runner’s environment',
      (what) => ({ ...what, env: { ...process.env, ...what.env } as SandboxStart['env'] }),
      ['blocked', 'through', 'contained'],
    ],
    [
      'stops what was granted too',
      (what) => ({
        ...what,
        plan: {
          ...what.plan,
          programs: what.plan.programs.filter(({ program }) => program !== 'sh'),
        },
      }),
      ['untested', 'untested', 'untested'],
    ],
    [
      'does not start',
      () => {
        throw new Problem('sandbox-missing', 'There is none');
      },
      ['untested', 'untested', 'untested'],
    ],
  ];
  it.each(broken)('tells when a sandbox %s', async (_, change, expected) => {
    const sandbox = bubblewrap();
    const results = await runEscapeSuite({
      rows,
      sandboxes: [{ ...sandbox, start: async (what) => sandbox.start(change(what)) }],
    });
    expect(results.map((row) => row.result)).toEqual(expected);
    expect(results.map((row) => row.bare)).toEqual(['succeeds', 'succeeds', 'succeeds']);
  });

  it('tells when a run with unix sockets sees a folder in which the host listens', async () => {
    const sandbox = bubblewrap();
    // A path that differs from the source lets bubblewrap take the bound folder for a view.
    const start = async (what: SandboxStart) =>
      sandbox.start({
        ...what,
        plan: {
          ...what.plan,
          mounts: what.plan.mounts.map((mount) => ({ ...mount, path: '/view' })),
        },
      });
    const results = await runEscapeSuite({
      rows: escapeRows.filter(({ name }) => /socket .*in a read-only mount$/.test(name)),
      sandboxes: [{ ...sandbox, start }],
    });
    expect(results.map(({ result }) => result)).toEqual(['through', 'through']);
  });
});

describe('this host', () => {
  it('holds every row of the self-test', async () => {
    const rows = await probeHost({ backend: 'bubblewrap' });
    expect(rows.filter((row) => !row.holds && !row.name.endsWith('-cgroup'))).toEqual([]);
    expect(rows.length).toBeGreaterThan(12);
  });
});

describe('system calls', () => {
  const numbers = Object.values(deniedSyscalls).flatMap((group) =>
    Object.entries(group).map(([name, pair]) => [name, pair[column]] as const),
  );
  // With arguments that no call can follow: a call that is let through fails for these, never does
  // anything.
  const attempts = Object.fromEntries(
    numbers
      .filter(([, number]) => number >= 0)
      .map(([name, number]) => [name, `call(${number}, -1, -1, -1, -1, -1, -1)`]),
  );

  it('of the table are all refused in the sandbox, and reach the kernel outside', async () => {
    const inside = await tryIt(host, attempts);
    for (const [name, result] of Object.entries(inside)) expect(result, name).toMatch(/^1 /);
    if (!root) return;
    const outside = await tryIt(host, attempts, { unsafe: true });
    for (const [name, result] of Object.entries(outside)) expect(result, name).not.toMatch(/^1 /);
  });

  it('are refused by their arguments where they are needed otherwise', async () => {
    const rows = {
      'clone into a user namespace': `call(${judgedSyscalls.clone[column]}, 0x10000011, 0, 0, 0, 0)`,
      clone3: `call(${judgedSyscalls.clone3[column]}, 0, 0)`,
      TIOCSTI: `call(${judgedSyscalls.ioctl[column]}, 0, 0x5412, 0)`,
      'TIOCSTI with high bits': `call(${judgedSyscalls.ioctl[column]}, 0, ctypes.c_long(0x100005412), 0)`,
      personality: `call(${judgedSyscalls.personality[column]}, 0x0400000)`,
      'socketpair of another family': `call(${judgedSyscalls.socketpair[column]}, 16, 3, 0, 0)`,
      'a call that came later': 'call(463, -1, -1, -1, -1)',
      'a call of the x32 interface': 'call(0x40000027)',
    };
    expect(await tryIt(host, rows)).toEqual({
      'clone into a user namespace': expect.stringMatching(/^1 /),
      clone3: expect.stringMatching(/^38 /),
      TIOCSTI: expect.stringMatching(/^1 /),
      'TIOCSTI with high bits': expect.stringMatching(/^1 /),
      personality: expect.stringMatching(/^1 /),
      'socketpair of another family': expect.stringMatching(/^97 /),
      'a call that came later': expect.stringMatching(/^38 /),
      'a call of the x32 interface': expect.stringMatching(/^38 /),
    });
  });
});

describe('a folder that was swapped after it was judged', () => {
  it('is noticed in the sandbox before the command starts', async () => {
    const other = `${host.folder}/other`;
    mkdirSync(other);
    giveTo(other);
    const request = requestFor(host, {
      files: { 'probe.sh': 'echo started > /reports/x' },
      capabilities: { mount: reportsMount('rw') },
    });
    const sandbox = bubblewrap();
    const pin = openSync(other, 'r');
    const swapped = {
      ...sandbox,
      start: (start: Parameters<typeof sandbox.start>[0]) =>
        sandbox.start({ ...start, pins: new Map([['/reports', pin]]) }),
    };
    await expect(runSkill({ ...request, sandbox: swapped })).rejects.toMatchObject({
      code: 'sandbox-refused',
      message: expect.stringContaining('/reports is not the folder that was judged'),
    });
    closeSync(pin);
    expect(existsSync(`${host.reports}/x`)).toBe(false);
  });
});

describe('a runner that is killed', () => {
  it('takes its sandbox and its views with it, and leaves the folder as it was', async () => {
    const name = `killed-${process.pid}.py`;
    const code = `
      import { runTest, reportsMount } from ${JSON.stringify(new URL('./sandbox-fixture.ts', import.meta.url).href)};
      await runTest(${JSON.stringify({ ...host, audit: undefined })}, {
        files: { '${name}': 'import time\\nwhile True:\\n    open("/reports/beat", "a").write("x"); print("beat", flush=True); time.sleep(0.02)' },
        capabilities: { mount: reportsMount('rw') },
      }, { onStdout: (chunk) => process.stdout.write(chunk) });`;
    // Other runs of this machine have theirs in the same place.
    const roots = (): string[] =>
      readdirSync('/tmp').filter((one) => /^skillgate-[A-Za-z0-9]{6}$/.test(one));
    const before = roots();
    const runner = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(runner.stdout, 'data');
    expect(processesOf(name)).not.toEqual([]);
    const there = roots().filter((one) => !before.includes(one));
    runner.kill('SIGKILL');
    for (let i = 0; i < 100 && processesOf(name).length > 0; i++) await sleep(50);
    expect(processesOf(name)).toEqual([]);
    expect(readdirSync(host.reports)).toEqual([]);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toMatch(/^skillgate /m);
    await runTest(host, {
      files: { 'probe.sh': 'echo' },
      capabilities: { mount: reportsMount('rw') },
    });
    expect(readdirSync(host.reports)).toEqual([]);
    await expect
      .poll(() => there.filter((one) => existsSync(`/tmp/${one}/view0`)), { timeout: 60_000 })
      .toEqual([]);
  });
});

describe('a start that is refused', () => {
  it.each([
    ['a NUL', 'a\0b'],
    ['more than the kernel takes', 'x'.repeat(140_000)],
  ])('for an argument with %s keeps no descriptor', async (_, argument) => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    const request = { ...requestFor(host, { files: { 'probe.sh': 'echo' } }), args: [argument] };
    await expect(runSkill(request)).rejects.toMatchObject({ code: 'usage' });
    expect(open()).toBe(before);
  });
});

describe('two who apply changes', () => {
  it('never hold a folder and one in it at once', async () => {
    const lock = `${host.paths.data}/locks`;
    await waitForClaim(`${lock}/a.claim`, host.reports);
    let second = false;
    const waiting = waitForClaim(`${lock}/b.claim`, `${host.reports}/inner`).then(() => {
      second = true;
    });
    await sleep(100);
    expect(second).toBe(false);
    unlock(`${lock}/a.claim`);
    await waiting;
    expect(second).toBe(true);
    unlock(`${lock}/b.claim`);
  });
});
