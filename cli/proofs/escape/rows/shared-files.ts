/**
 * Files that the host and a sandbox share: locks, leases and watches belong to the inode. A process
 * of the host (`victimProgram`) keeps opening `watched.txt`, locking `locked.txt` and writing to
 * `database`.
 */
import { type Attempt, printsThrough } from '../row.ts';
import { leaves } from './proofs.ts';

const shared = { proof: printsThrough, needs: 'ownLocks' } as const;

const watch = `fd = libc.inotify_init1(0)
if fd < 0: raise OSError(ctypes.get_errno(), 'inotify_init1')
if libc.inotify_add_watch(fd, buffer(library), 0x20) < 0: raise OSError(ctypes.get_errno(), 'inotify_add_watch')
until = time.monotonic() + 2
while time.monotonic() < until:
    if select.select([fd], [], [], 0.1)[0] and b'watched.txt' in os.read(fd, 4096): won(); break`;

export const sharedFileRows: readonly Attempt[] = [
  {
    ...shared,
    name: 'watch which files the host opens',
    wants: 'the activity of the operator and of other agents',
    code: watch,
  },
  {
    ...shared,
    name: 'see another process’s lock with flock',
    wants: 'a channel to a skill that has egress',
    code: `f = open(library + '/locked.txt')
try: fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
except BlockingIOError: won()`,
  },
  {
    ...shared,
    name: 'see another process’s lock with fcntl',
    wants: 'a channel to a skill that has egress',
    code: `f = open(library + '/locked.txt')
try: fcntl.lockf(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
except OSError as e: won(e.errno in (errno.EAGAIN, errno.EACCES))`,
  },
  {
    ...shared,
    name: 'hold a read lock on a database of the host',
    wants: 'a host that cannot write its own database',
    proof: leaves('home/stopped'),
    code: `f = open(library + '/database'); fcntl.lockf(f, fcntl.LOCK_SH); time.sleep(1)`,
  },
  {
    name: 'take a lease on a file of a read-only mount',
    wants: 'blocked writers on the host',
    proof: printsThrough,
    code: `signal.signal(signal.SIGIO, signal.SIG_IGN); f = open(library + '/read.txt'); fcntl.fcntl(f, 1024, fcntl.F_RDLCK); won(); fcntl.fcntl(f, 1024, fcntl.F_UNLCK)`,
  },
  {
    name: 'receive a signal for each change in a folder',
    wants: 'the activity of the operator and of other agents',
    proof: printsThrough,
    code: `signal.signal(signal.SIGIO, signal.SIG_IGN); d = os.open(library, os.O_RDONLY); fcntl.fcntl(d, 1026, 0x80000002); won()`,
  },
];
