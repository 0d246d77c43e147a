import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bubblewrap } from '../../runner/bubblewrap/bubblewrap.ts';
import { runSkill } from '../../runner/run/run.ts';
import { makeTestHost, requestFor, runTest, type TestHost } from './sandbox-fixture.ts';

const root = process.getuid?.() === 0;
const grouped = bubblewrap().gives.includes('pids-cgroup');
const fixture = new URL('./sandbox-fixture.ts', import.meta.url).href;

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

/** Processes of this host with `mark` among their arguments. */
function living(mark: string): number[] {
  const pids = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid),
  );
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

/**
 * Runs a module with a mount namespace of its own that `mounts` changed, and gives what it printed.
 */
function inOwnMounts(mounts: string, code: string, folder: string): Promise<string> {
  const script = `${mounts} && exec "$0" --input-type=module -e "$1"`;
  const args = [
    '--mount',
    '--propagation',
    'private',
    '/bin/sh',
    '-c',
    script,
    process.execPath,
    code,
  ];
  return new Promise((resolve) => {
    execFile(
      '/usr/bin/unshare',
      args,
      { env: { PATH: '/usr/bin:/bin', TMPDIR: folder } },
      (_, out, err) => resolve(out + err),
    );
  });
}

const tryRun = (skill: object, before = '') => `
  import { makeTestHost, runTest } from ${JSON.stringify(fixture)};
  import { readdirSync, writeFileSync } from 'node:fs';
  const host = makeTestHost();
  ${before}
  const skill = ${JSON.stringify(skill)};
  if (skill.files['large.txt'] !== undefined) skill.files['large.txt'] = 'x'.repeat(200_000);
  const said = await runTest(host, skill).then((run) => 'started ' + run.stdout, (problem) => problem.code + ' ' + problem.message + ' ' + problem.hint);
  console.log(said);
  console.log('left:', readdirSync('/tmp').filter((name) => /^skillgate-[A-Za-z0-9]{6}$/.test(name)).length);`;

describe('a host that lacks something', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skillgate-mounts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.runIf(root)('bubblewrap: says so, with the line to type', async () => {
    const said = await inOwnMounts(
      'mount --bind /dev/null /usr/bin/bwrap',
      tryRun({ files: { 'probe.sh': 'echo up' } }),
      folder,
    );
    expect(said).toMatch(
      /^sandbox-missing Cannot start a sandbox: this host lacks \/usr\/bin\/bwrap apt-get install bubblewrap/,
    );
  });

  // A root runner's folders lie in /tmp, which is hidden here.
  it.runIf(root && !import.meta.dirname.startsWith('/tmp/'))(
    'room for what a run needs: refuses, and leaves nothing',
    async () => {
      const skill = { files: { 'probe.sh': 'echo up', 'large.txt': '' } };
      const said = await inOwnMounts(
        `mount -t tmpfs -o size=64k tmpfs /tmp && mkdir -p ${folder}`,
        tryRun(skill),
        folder,
      );
      expect(said).toMatch(/^disk-full Cannot run: the disk is full: ENOSPC/);
      expect(said).toContain('left: 0');
    },
  );

  it.runIf(root)('room for its log: refuses to start what it could not record', async () => {
    const fill = `let n = 0; try { for (;;) writeFileSync(host.paths.data + '/fill' + n++, Buffer.alloc(512)); } catch {}`;
    const skill = { files: { 'probe.sh': 'echo up' } };
    const said = await inOwnMounts(
      `mount -t tmpfs -o size=256k tmpfs ${folder}`,
      tryRun(skill, fill),
      folder,
    );
    expect(said).not.toContain('started');
    expect(said).toMatch(/disk|ENOSPC/);
  });
});

describe('a command that will not end', () => {
  const stubborn = `
import os, signal, sys, time
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except OSError: pass
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: break
        os._exit(0)
sys.stdout.write('up'); sys.stdout.flush()
while True: time.sleep(1)`;

  it('is ended with all that it started, though they ignore every signal and left its session', async () => {
    const mark = `stubborn-${process.pid}`;
    const run = await runTest(
      host,
      { files: { 'probe.py': stubborn }, limits: { seconds: 2, memoryMiB: 128 } },
      { args: [mark] },
    );
    expect(run).toMatchObject({ reason: 'limit:seconds', code: null });
    expect(run.stdout).toContain('upup');
    expect(living(mark)).toEqual([]);
  });

  it('is ended at once when it is stopped in the moment that it started', async () => {
    const mark = `at-once-${process.pid}`;
    const sandbox = bubblewrap();
    const hasty = {
      ...sandbox,
      start: async (start: Parameters<typeof sandbox.start>[0]) => {
        const running = await sandbox.start(start);
        running.kill();
        return running;
      },
    };
    const runs = Array.from({ length: 8 }, () =>
      runTest(host, { files: { 'probe.py': stubborn } }, { args: [mark], sandbox: hasty }),
    );
    for (const run of await Promise.all(runs)) expect(run.code === 0).toBe(false);
    expect(living(mark)).toEqual([]);
  });

  it('and prints a gigabyte is ended at its limit of output, on either stream, its input unread', async () => {
    for (const stream of ['stdout', 'stderr']) {
      const content = `import sys\nfor _ in range(1024): sys.${stream}.buffer.write(b'x' * (1 << 20))`;
      const run = await runTest(
        host,
        { files: { 'probe.py': content } },
        { stdin: Buffer.alloc(4_000_000) },
      );
      expect(run.reason, stream).toBe('limit:output');
      expect(run.stdout.length + run.stderr.length).toBe(run.plan.limits.outputBytes);
    }
  });
});

describe('a command that takes too much', () => {
  it.runIf(grouped)('processes: ends as limit:processes', async () => {
    const content = `
import os, time
while True:
    if os.fork() == 0: time.sleep(30); os._exit(0)`;
    expect(await runTest(host, { files: { 'probe.py': content } })).toMatchObject({
      reason: 'limit:processes',
      code: null,
    });
  });

  it.runIf(grouped)('memory by many small processes: ends as limit:memory', async () => {
    const content = `
import os, time
for _ in range(8):
    if os.fork() == 0: x = b'x' * (40 << 20); time.sleep(10); os._exit(0)
for _ in range(8): os.wait()`;
    const run = await runTest(host, {
      files: { 'probe.py': content },
      limits: { seconds: 20, memoryMiB: 128 },
    });
    expect(run).toMatchObject({ reason: 'limit:memory', code: null });
  });

  it.runIf(grouped)('is in its groups before its first line', async () => {
    const run = await runTest(host, {
      files: { 'probe.sh': 'while read -r line; do echo "$line"; done < /proc/self/cgroup' },
    });
    for (const controller of ['memory', 'pids', 'cpu'])
      expect(run.stdout).toMatch(new RegExp(`:${controller}:/(?!.*\\.\\.)|^0::/`, 'm'));
  });
});

describe('a clock that jumps', () => {
  it('neither ends a run nor lets it live longer', async () => {
    let calls = 0;
    const now = (): Date =>
      new Date(Date.UTC(2026, 10, 20) + (++calls % 2 === 0 ? 1 : -1) * 86_400_000 * calls);
    const files = { 'probe.sh': 'echo up' };
    expect(await runTest(host, { files }, { now })).toMatchObject({
      reason: 'exit',
      stdout: 'up\n',
    });
    const long = {
      files: { 'probe.sh': 'read -r line < /dev/zero' },
      limits: { seconds: 1, memoryMiB: 64 },
    };
    expect(await runTest(host, long, { now })).toMatchObject({ reason: 'limit:seconds' });
  });
});

describe('two runs of one identity at once', () => {
  it('end both, each with its own folder, output and line in a whole log', async () => {
    const skill = {
      files: {
        'probe.py': `import sys, time\nopen('/tmp/mine', 'x').write(sys.argv[1]); time.sleep(0.3); print(open('/tmp/mine').read())`,
      },
    };
    const runs = await Promise.all(
      ['first', 'second', 'third'].map((name) => runTest(host, skill, { args: [name] })),
    );
    expect(runs.map((run) => run.stdout)).toEqual(['first\n', 'second\n', 'third\n']);
    expect(new Set(runs.map((run) => run.run)).size).toBe(3);
  });
});

describe('a runner that was killed', () => {
  it('leaves no process, and the next start takes away its folder and its groups', async () => {
    const mark = `orphan-${process.pid}`;
    const code = `
      import { runTest } from ${JSON.stringify(fixture)};
      await runTest(${JSON.stringify({ ...host, audit: undefined })}, {
        files: { 'probe.py': 'import os, signal, time\\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\\nif os.fork() == 0: os.setsid()\\nprint("up", flush=True)\\nwhile True: time.sleep(1)' },
      }, { args: [${JSON.stringify(mark)}], onStdout: () => process.stdout.write('up') });`;
    const runner = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => runner.stdout.once('data', resolve));
    const groups = living(mark).map((pid) => readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
    const [folder = ''] = /skillgate-[A-Za-z0-9]{6}/.exec(groups.join()) ?? [];
    runner.kill('SIGKILL');
    for (let i = 0; i < 100 && living(mark).length > 0; i++) await sleep(10);
    expect(living(mark)).toEqual([]);
    await runTest(host, { files: { 'probe.sh': ':' } });
    if (grouped) expect(folder).toMatch(/^skillgate-/);
    for (let i = 0; i < 100 && existsSync(`/sys/fs/cgroup/pids/${folder}`); i++) await sleep(20);
    if (folder !== '')
      for (const path of [`/tmp/${folder}`, `/sys/fs/cgroup/pids/${folder}`])
        expect(existsSync(path), path).toBe(false);
  });
});

describe('a request that host policy does not let start', () => {
  it('for a protection that this sandbox does not give is refused before anything starts', async () => {
    const { gives, ...sandbox } = bubblewrap();
    const less = { ...sandbox, gives: gives.filter((one) => one !== 'pids-cgroup') };
    const request = requestFor(
      host,
      { files: { 'probe.sh': 'echo up' } },
      { require: ['seccomp', 'pids-cgroup'] },
    );
    await expect(runSkill({ ...request, sandbox: less })).rejects.toMatchObject({
      message: expect.stringContaining('pids-cgroup'),
    });
    expect(request.out).toEqual([]);
  });
});
