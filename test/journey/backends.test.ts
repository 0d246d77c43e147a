/**
 * Real skills in every backend that this host can start. Bubblewrap has files of its own; here it
 * is the measure of the others.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBackends } from '../../runner/backends/backends.ts';
import type { Sandbox } from '../../runner/sandbox/sandbox.ts';
import { bareSandbox } from './bare-sandbox.ts';
import {
  crm,
  giveTo,
  giveToken,
  makeTestHost,
  processesOf,
  reportsMount,
  runTest,
  startUpstream,
  type TestHost,
  tryIt,
} from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

const here = findBackends().flatMap((one) => ('sandbox' in one ? [one.sandbox] : []));
const runc = here.find((one) => one.name === 'runc');

// Skipped where it is not installed, and .ci/allowed-skips.txt says so.
describe.skipIf(runc === undefined)('runc', () => {
  const sandbox: Sandbox = runc ?? bareSandbox;

  it('runs a skill with its arguments, input, files and environment, and hands back its exit code', async () => {
    const run = await runTest(
      host,
      {
        files: {
          'probe.sh':
            'read -r line; echo "$1 $line $PWD $HOME"; read -r text < /skills/@acme/probe/data.txt; echo "$text" >&2; exit 9',
          'data.txt': 'a file\n',
        },
      },
      { sandbox, args: ['first'], stdin: Buffer.from('second\n') },
    );
    expect(run).toMatchObject({
      stdout: 'first second /tmp /home/skill\n',
      stderr: 'a file\n',
      code: 9,
      reason: 'exit',
    });
  });

  it.each(['probe.ts', 'probe.py'])('runs %s', async (name) => {
    const content = name === 'probe.ts' ? 'const n: number = 1; console.log(n);' : 'print(1)';
    expect(await runTest(host, { files: { [name]: content } }, { sandbox })).toMatchObject({
      stdout: '1\n',
      stderr: '',
      code: 0,
    });
  });

  it('has the mounted folder that was judged, read-only', async () => {
    writeFileSync(`${host.reports}/plain`, 'nightingale');
    const rows = await tryIt(
      host,
      {
        read: `open('/reports/plain').read()`,
        write: `open('/reports/new', 'w')`,
        host: `open('${host.folder}/reports/plain')`,
      },
      { capabilities: { mount: reportsMount('ro') }, sandbox },
    );
    expect(rows).toMatchObject({ read: 'nightingale' });
    expect(rows.write).toMatch(/^30 /);
    expect(rows.host).toMatch(/^2 /);
  });

  it('takes what a run writes into a copy, and applies it but for what hosts and agents obey', async () => {
    mkdirSync(`${host.reports}/.git/hooks`, { recursive: true });
    writeFileSync(`${host.reports}/.git/hooks/pre-commit`, 'as it was');
    writeFileSync(`${host.reports}/old`, 'old');
    giveTo(host.reports);
    const rows = await tryIt(
      host,
      {
        plain: `open('/reports/new', 'w').write('made') and 'written'`,
        change: `open('/reports/old', 'w').write('changed') and 'written'`,
        hook: `open('/reports/.git/hooks/pre-commit', 'w')`,
        move: `os.rename('/reports/.git', '/reports/git')`,
        agents: `open('/reports/AGENTS.md', 'w')`,
        server: `[os.mkdir('/reports/.vscode'), open('/reports/.vscode/tasks.json', 'w')] and 1`,
      },
      { capabilities: { mount: reportsMount('rw') }, sandbox },
    );
    expect(rows).toMatchObject({ plain: 'written', change: 'written' });
    expect(readFileSync(`${host.reports}/.git/hooks/pre-commit`, 'utf8')).toBe('as it was');
    expect(readdirSync(host.reports).sort()).toEqual(['.git', 'git', 'new', 'old']);
    expect(readFileSync(`${host.reports}/old`, 'utf8')).toBe('changed');
    expect(host.audit().filter(({ event }) => event === 'cleanup')).toMatchObject([
      { path: '/reports/.git', why: 'version control on the host obeys it' },
    ]);
  });

  it('reaches the planned host through the proxy, with the secret put in outside, and nothing else', async () => {
    giveToken(host, 'real-value');
    const upstream = await startUpstream();
    const rows = await tryIt(
      host,
      {
        api: `__import__('urllib.request').request.urlopen(__import__('urllib.request').request.Request('http://api.crm.example/v2/deals', headers={'Authorization': 'Bearer ' + os.environ['CRM_TOKEN']})).read()`,
        directly: `socket.create_connection(('127.0.0.1', ${upstream.port}), 2)`,
        unix: `socket.socket(socket.AF_UNIX).connect('\\0/tmp/.X11-unix/X0')`,
        port: `socket.socket().bind(('0.0.0.0', 443))`,
      },
      { capabilities: crm, sandbox },
      { hosts: { 'api.crm.example': { address: '127.0.0.1', port: upstream.port } } },
    ).finally(() => upstream.close());
    expect(rows.api).toBe('{"deals":[1,2]}');
    expect(rows.directly).toMatch(/^111 /);
    expect(rows.unix).toMatch(/^111 /);
    // Whoever owns the network may listen there.
    expect(rows.port).toMatch(/^13 /);
    expect(upstream.seen).toEqual(['GET /v2/deals Bearer real-value ']);
  });

  it('answers system calls as bubblewrap does, newer ones and tricks with the upper half of a word as well', async () => {
    const attempts = {
      listmount: `call(458, 0, 0, 0, 0)`,
      newer: `call(463, 0, 0, 0, 0)`,
      newest: `call(999)`,
      keyctl: `call(250, 0, 0)`,
      unshare: `call(272, 0x10000000)`,
      clone: `call(56, 0x10000000 | 17, 0, 0, 0, 0)`,
      clone3: `call(435, 0, 0)`,
      typing: `call(16, 0, 0x5412, 0)`,
      'typing with a bit above': `call(16, 0, ctypes.c_ulong(0x100005412), 0)`,
      console: `call(16, 0, ctypes.c_ulong(0x10000541d), 0)`,
      'window size': `call(16, 0, 0x5413, 0)`,
      raw: `socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)`,
      vsock: `socket.socket(40, socket.SOCK_STREAM)`,
      'vsock with a bit above': `call(41, ctypes.c_ulong(0x100000028), 1, 0)`,
      netlink: `socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)`,
      udp: `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()`,
      pair: `str(len(socket.socketpair()))`,
      persona: `call(135, 0x0040000)`,
      'persona asked': `call(135, ctypes.c_ulong(0xffffffff))`,
    };
    // A refusal has one number or another: a runtime’s library may have no name for a call, which
    // then is not there.
    const said = (answer: unknown): unknown =>
      /^(1|38|97) /.test(String(answer)) ? 'refused' : answer;
    const theirs = await tryIt(host, attempts, { sandbox });
    const ours = await tryIt(host, attempts);
    for (const name of Object.keys(attempts))
      expect(said(theirs[name]), name).toBe(said(ours[name]));
    expect(theirs.newer).toMatch(/^38 /);
  });

  it('has the credential that stands there to be stolen', async () => {
    const content = `read -r line < /home/skill/.aws/credentials && echo "$line"`;
    expect(await runTest(host, { files: { 'probe.sh': content } }, { sandbox })).toMatchObject({
      stdout: '[prod-admin]\n',
    });
  });

  it('ends a run at its seconds with everything that it started', async () => {
    const name = `beats-${process.pid}.py`;
    const content = `import os, time\nif os.fork() == 0:\n    os.setsid()\nprint('beat', flush=True)\ntime.sleep(60)`;
    const run = await runTest(
      host,
      { files: { [name]: content }, limits: { seconds: 2, memoryMiB: 128 } },
      { sandbox },
    );
    expect(run).toMatchObject({ reason: 'limit:seconds', code: null });
    expect(run.stdout).toContain('beat');
    expect(processesOf(name)).toEqual([]);
  });

  it('leaves no container, control group or file when its runner is killed', async () => {
    const name = `outlives-${process.pid}.sh`;
    const here = (): string[] =>
      [...readdirSync('/tmp'), ...readdirSync('/sys/fs/cgroup/memory')].filter((one) =>
        /^skillgate-[A-Za-z0-9]{6}$/.test(one),
      );
    const before = here();
    const module = new URL('./sandbox-fixture.ts', import.meta.url).pathname;
    const program = `
      import { findBackends } from '${module.replace(/test\/journey.*/, 'runner/backends/backends.ts')}';
      import { makeTestHost, runTest } from '${module}';
      const sandbox = findBackends().find((one) => one.name === 'runc').sandbox;
      const host = makeTestHost();
      runTest(host, { files: { '${name}': 'echo up; sleep 60; sleep 60' }, capabilities: { exec: [{ program: 'sleep', why: 'test' }] } }, { sandbox, onStdout: () => console.log('up') });`;
    const runner = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => runner.stdout.once('data', resolve));
    expect(processesOf(name).length).toBeGreaterThan(1);
    // Other runs of this machine have theirs in the same places, and end.
    const there = here().filter((one) => !before.includes(one));
    runner.kill('SIGKILL');
    await expect.poll(() => processesOf(name), { timeout: 5_000 }).toEqual([]);
    // What is left are its files and groups, until the next start.
    await runTest(host, { files: { 'probe.sh': ':' } }, { sandbox });
    await expect
      .poll(() => here().filter((one) => there.includes(one)), { timeout: 60_000 })
      .toEqual([]);
  });

  it('tells a run that took too much memory as such', async () => {
    const run = await runTest(
      host,
      {
        files: { 'probe.py': 'b = bytearray(400 << 20)\nprint(len(b))' },
        limits: { seconds: 30, memoryMiB: 128 },
      },
      { sandbox },
    );
    expect(run).toMatchObject({ reason: 'limit:memory', stdout: '' });
  });
});
