import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFileRows } from '../../cli/escape/rows/shared-files.ts';
import { runEscapeSuite } from '../../cli/escape/suite.ts';
import { bubblewrap } from '../../runner/sandboxes/bubblewrap.ts';
import { giveTo, makeTestHost, reportsMount, runTest, type TestHost } from './sandbox-fixture.ts';

const isRoot = process.getuid?.() === 0;
let host: TestHost;
beforeAll(() => {
  host = makeTestHost();
  writeFileSync(`${host.reports}/old.txt`, 'one\n');
  giveTo(host.reports);
});
afterAll(() => host.remove());

const run = (python: string, mode: 'ro' | 'rw') =>
  runTest(host, {
    files: { 'probe.py': `import ctypes, fcntl, os, select, sqlite3\n${python}` },
    capabilities: { mount: reportsMount(mode) },
  });

describe('files that a sandbox shares with the host', () => {
  it('carry no lock, lease or watch in either direction', async () => {
    const rows = sharedFileRows.map((row) => ({ ...row, kind: 'together', group: 'filesystem' }) as const);
    const results = await runEscapeSuite({ rows, sandboxes: [bubblewrap()] });
    const told = results.map(({ bare, name, result }) => [name, bare, result]);
    const expected = rows.map(({ name, needs }) => [name, 'succeeds', needs === undefined || isRoot ? 'blocked' : 'untested']);
    expect(told).toEqual(expected);
  });

  it.runIf(isRoot)('tell neither where they lie nor who their owner is', async () => {
    const { stdout } = await run(`print(open('/proc/self/mountinfo').read(), os.listdir('/reports'))`, 'ro');
    expect(stdout).toContain("['old.txt']");
    expect(stdout).not.toContain(host.folder);
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
    ['reads a file of a folder that it may read', `print(open('/reports/old.txt').read())`, 'ro', 'one\n\n'],
    ['asks whether a descriptor has a lease', `print(fcntl.fcntl(open('/reports/old.txt'), 1025))`, 'ro', '2\n'],
  ])('%s', async (_, python, mode, said) => {
    expect(await run(python, mode)).toMatchObject({ stdout: said, stderr: '', reason: 'exit' });
  });
});
