import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkHost } from '../../cli/check-host.ts';
import { unlock, waitForClaim } from '../../runner/lock.ts';
import { runSkill } from '../../runner/run.ts';
import { bubblewrap } from '../../runner/sandboxes/bubblewrap.ts';
import { deniedSyscalls, judgedSyscalls } from '../../skills-index/run/syscalls.ts';
import { giveTo, makeTestHost, processesOf, reportsMount, requestFor, runTest, type TestHost, tryIt } from './sandbox-fixture.ts';

const column = process.arch === 'arm64' ? 1 : 0;
const root = process.getuid?.() === 0;

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

describe('this host', () => {
  it('holds every row of the self-test', async () => {
    const rows = await checkHost();
    expect(rows.filter((row) => !row.holds && !row.name.endsWith('-cgroup'))).toEqual([]);
    expect(rows.length).toBeGreaterThan(12);
  });
});

describe('system calls', () => {
  const numbers = Object.values(deniedSyscalls).flatMap((group) =>
    Object.entries(group).map(([name, pair]) => [name, pair[column]] as const),
  );
  // With arguments that no call can follow: a call that is let through fails for these, never does anything.
  const attempts = Object.fromEntries(
    numbers.filter(([, number]) => number >= 0).map(([name, number]) => [name, `call(${number}, -1, -1, -1, -1, -1, -1)`]),
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

describe('what is left of the host', () => {
  it('gives no devices, no settings of the kernel, no privileges and no other process', async () => {
    const rows = await tryIt(host, {
      devices: `sorted(os.listdir('/dev'))`,
      sys: `os.listdir('/sys')`,
      sysrq: `open('/proc/sysrq-trigger', 'w')`,
      'core pattern': `open('/proc/sys/kernel/core_pattern', 'w').write('|/x')`,
      kcore: `open('/proc/kcore', 'rb').read(1)`,
      memory: `open('/proc/1/mem', 'rb+')`,
      node: `os.mknod('/tmp/disk', stat.S_IFBLK | 0o600, os.makedev(254, 0))`,
      tty: `open('/dev/tty')`,
      processes: `sorted(n for n in os.listdir('/proc') if n.isdigit())`,
      signal: `os.kill(${process.pid}, 0)`,
      root: `os.setuid(0)`,
      host: `socket.gethostname()`,
      arguments: `open('/proc/1/cmdline').read()`,
    });
    expect(rows.devices).not.toContain('vda');
    expect(rows).toMatchObject({ processes: ['1', '2'], host: 'skill' });
    expect(rows.arguments).not.toContain(host.folder);
    for (const name of ['sys', 'sysrq', 'core pattern', 'kcore', 'node', 'tty', 'signal', 'root'])
      expect(rows[name], name).toMatch(/^(1|2|3|6|13|22|30) /);
  });

  it('has ends: processes, descriptors, temporary files', async () => {
    const run = await runTest(host, {
      files: {
        'probe.py': `
import os, time
def until_refused(act):
    n = 0
    try:
        while n < 5000: act(n); n += 1
    except OSError as e: return n, e.errno
    return n, 0
def child(n):
    if os.fork() == 0: time.sleep(20); os._exit(0)
print(until_refused(child)[1], until_refused(lambda n: os.open('/dev/null', 0))[1])
os.closerange(3, 1024)
def fill(path):
    with open(path, 'wb', buffering=0) as f: return until_refused(lambda n: f.write(b'x' * 1048576))
print(fill('/home/skill/x')[1], fill('/dev/shm/x')[1])`,
      },
      limits: { seconds: 20, memoryMiB: 512 },
    });
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe('11 24\n28 28\n');
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
      start: (start: Parameters<typeof sandbox.start>[0]) => sandbox.start({ ...start, pins: new Map([['/reports', pin]]) }),
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
    const runner = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const roots = (): string[] => readdirSync('/tmp').filter((one) => /^skillgate-[A-Za-z0-9]{6}$/.test(one));
    await once(runner.stdout, 'data');
    expect(processesOf(name)).not.toEqual([]);
    const there = roots();
    runner.kill('SIGKILL');
    for (let i = 0; i < 100 && processesOf(name).length > 0; i++) await sleep(50);
    expect(processesOf(name)).toEqual([]);
    expect(readdirSync(host.reports)).toEqual([]);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toMatch(/^skillgate /m);
    await runTest(host, { files: { 'probe.sh': 'echo' }, capabilities: { mount: reportsMount('rw') } });
    expect(readdirSync(host.reports)).toEqual([]);
    expect(roots().filter((one) => there.includes(one) && existsSync(`/tmp/${one}/view0`))).toEqual([]);
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
