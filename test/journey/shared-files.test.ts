import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runEscapeSuite } from '../../cli/proofs/escape/report.ts';
import { sharedFileRows } from '../../cli/proofs/escape/rows.ts';
import { bubblewrap } from '../../runner/bubblewrap/bubblewrap.ts';
import type { RunRequest } from '../../runner/run/run-request.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { giveTo, makeTestHost, reportsMount, runTest, type TestHost } from './sandbox-fixture.ts';

const isRoot = process.getuid?.() === 0;
let host: TestHost;
beforeAll(() => {
  host = makeTestHost();
  writeFileSync(`${host.reports}/old.txt`, 'one\n');
  giveTo(host.reports);
});
afterAll(() => host.remove());

const ownLocks = { ownLocks: ['reports'] };
const run = (
  python: string,
  mode: 'ro' | 'rw',
  policy: Partial<HostPolicy> = {},
  more: Partial<RunRequest> = {},
) =>
  runTest(
    host,
    {
      files: { 'probe.py': `import ctypes, fcntl, os, select, sqlite3\n${python}` },
      capabilities: { mount: reportsMount(mode) },
    },
    more,
    policy,
  );

describe('files that a sandbox shares with the host', () => {
  it('carry no lock, lease or watch in either direction', async () => {
    const rows = sharedFileRows.map(
      (row) => ({ ...row, kind: 'together', group: 'filesystem' }) as const,
    );
    const results = await runEscapeSuite({ rows, sandboxes: [bubblewrap()] });
    const told = results.map(({ bare, name, result }) => [name, bare, result]);
    const expected = rows.map(({ name, needs }) => [
      name,
      'succeeds',
      needs === undefined || isRoot ? 'blocked' : 'untested',
    ]);
    expect(told).toEqual(expected);
  });

  it.runIf(isRoot)(
    'tell neither where they lie nor who their owner is under ownLocks',
    async () => {
      const { stdout } = await run(
        `print(open('/proc/self/mountinfo').read(), os.listdir('/reports'))`,
        'ro',
        ownLocks,
      );
      expect(stdout).toContain('old.txt');
      expect(stdout).not.toContain(host.folder);
    },
  );

  it.runIf(isRoot)(
    'refuse own locks where an overlay would hide a mount, and show it without',
    async () => {
      const folder = join(host.folder, 'Büro docs');
      const policy = { workspaces: { reports: folder } };
      mkdirSync(join(folder, 'sub'), { recursive: true });
      giveTo(folder);
      execFileSync('/bin/sh', [
        '-c',
        'mount -t tmpfs skillgate-test "$1"',
        'sh',
        join(folder, 'sub'),
      ]);
      try {
        writeFileSync(join(folder, 'sub/inside.txt'), 'inside');
        const reading = `print(open('/reports/sub/inside.txt').read())`;
        expect(await run(reading, 'ro', policy)).toMatchObject({ stdout: 'inside\n' });
        await expect(run(reading, 'ro', { ...policy, ...ownLocks })).rejects.toThrow(
          `hide another mount in the folder`,
        );
        chmodSync(host.folder, 0o711);
        expect(await run(reading, 'ro', policy)).toMatchObject({ stdout: 'inside\n' });
      } finally {
        chmodSync(host.folder, 0o700);
        execFileSync('/bin/sh', ['-c', 'umount "$1"', 'sh', join(folder, 'sub')]);
      }
    },
  );

  it.runIf(isRoot).each([
    ['by default', {}, 'mount /reports: bound, so locks and watches are shared with the host'],
    [
      'under ownLocks',
      ownLocks,
      'mount /reports: a view, whose locks and watches are the run’s own',
    ],
  ])('have their kind in the start line %s', async (_, policy, note) => {
    await run('pass', 'ro', policy);
    const notes = host
      .audit()
      .flatMap((line) => (line.event === 'start' ? [line.notes ?? []] : []));
    const system = 'folders of the system: overlays, whose locks and watches are the run’s own';
    expect(notes.at(-1)).toEqual(expect.arrayContaining([system, note]));
  });
});

const halfWritten = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('create table t (n)'); db.execute('pragma cache_spill=1'); db.execute('pragma cache_size=2')
db.executemany('insert into t values (?)', [('x' * 2000,)] * 100)
db.execute('begin exclusive'); db.execute("update t set n = 'y'")
print('half written', flush=True); sys.stdin.read()
db.execute('commit')`;
const readingDatabase = `
try: print(sqlite3.connect('file:/reports/host.sqlite?mode=ro', uri=True, timeout=0).execute('select count(*) from t').fetchone()[0])
except sqlite3.OperationalError as e: print(e)`;
const following = `
import time
def show():
    for name in ('edited', 'deleted', 'shut'):
        try: print(name, open('/reports/' + name).read().strip())
        except OSError as e: print(name, e.strerror)
show(); print(os.path.exists('/reports/ready'), flush=True)
until = time.monotonic() + 10
while not os.path.exists('/reports/ready') and time.monotonic() < until: time.sleep(0.05)
show()`;

describe('a read-only folder to which the host writes while a run goes on', () => {
  it('is locked for the run while a database in it is half written', async () => {
    const writer = spawn('python3', ['-c', halfWritten, `${host.reports}/host.sqlite`]);
    await once(writer.stdout, 'data');
    giveTo(host.reports);
    const during = await run(readingDatabase, 'ro');
    writer.stdin.end();
    await once(writer, 'close');
    expect(during.stdout).toBe('database is locked\n');
    expect((await run(readingDatabase, 'ro')).stdout).toBe('100\n');
  });

  it('shows the run what is replaced, made, deleted and shut', async () => {
    const at = (name: string): string => `${host.reports}/${name}`;
    for (const name of ['edited', 'deleted', 'shut']) writeFileSync(at(name), 'old');
    giveTo(host.reports);
    let said = '';
    const onStdout = (chunk: Uint8Array): void => {
      said += Buffer.from(chunk).toString();
      if (!said.endsWith('False\n')) return;
      writeFileSync(at('new'), 'new');
      renameSync(at('new'), at('edited'));
      rmSync(at('deleted'));
      chmodSync(at('shut'), 0o000);
      writeFileSync(at('ready'), '');
    };
    await run(following, 'ro', {}, { onStdout });
    expect(said).toBe(
      'edited old\ndeleted old\nshut old\nFalse\nedited new\ndeleted No such file or directory\nshut Permission denied\n',
    );
  });
});

const locks = (folder: string): string => `
f = open('${folder}/lock', 'w')
fcntl.flock(f, fcntl.LOCK_EX)
if os.fork() == 0:
    try: fcntl.flock(open('${folder}/lock'), fcntl.LOCK_SH | fcntl.LOCK_NB); print('free', flush=True)
    except BlockingIOError: print('held', flush=True)
    os._exit(0)
os.wait()
fcntl.flock(f, fcntl.LOCK_UN)
fcntl.flock(open('${folder}/lock'), fcntl.LOCK_SH | fcntl.LOCK_NB)
print('released')`;
const database = `
db = sqlite3.connect('/reports/a.sqlite')
print(db.execute('pragma journal_mode=wal').fetchone()[0])
db.execute('create table t (n)'); db.execute('insert into t values (1)'); db.commit()
print(sqlite3.connect('/reports/a.sqlite').execute('select n from t').fetchone()[0])`;
const watching = `
libc = ctypes.CDLL(None)
fd = libc.inotify_init1(0)
libc.inotify_add_watch(fd, b'/reports', 0x100)
open('/reports/new.txt', 'w').close()
print(b'new.txt' in os.read(fd, 4096))`;

describe('honest work in a sandbox', () => {
  it.each<[string, string, 'ro' | 'rw', string]>([
    ['locks files in its own folder', locks('/tmp'), 'ro', 'held\nreleased\n'],
    ['locks files in a folder that it may change', locks('/reports'), 'rw', 'held\nreleased\n'],
    ['writes a database with a log ahead', database, 'rw', 'wal\n1\n'],
    ['watches the folder that it may change', watching, 'rw', 'True\n'],
    [
      'reads a file of a folder that it may read',
      `print(open('/reports/old.txt').read())`,
      'ro',
      'one\n\n',
    ],
    [
      'asks whether a descriptor has a lease',
      `print(fcntl.fcntl(open('/reports/old.txt'), 1025))`,
      'ro',
      '2\n',
    ],
  ])('%s', async (_, python, mode, said) => {
    expect(await run(python, mode)).toMatchObject({ stdout: said, stderr: '', reason: 'exit' });
  });
});
