/**
 * Files that the host and a sandbox share: locks, leases and watches lie on the inode. A process of
 * the host (`victimProgram`) opens `watched.txt`, holds `locked.txt` and writes to `database` all
 * the while.
 */
import { type Attempt, saysThrough } from '../row.ts';
import { leaves } from './proofs.ts';

const shared = { proof: saysThrough, needs: 'ownLocks' } as const;

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
    wants: 'what the operator and other agents do',
    code: watch,
  },
  {
    ...shared,
    name: 'see a lock of another process by flock',
    wants: 'a channel to a skill that has egress',
    code: `f = open(library + '/locked.txt')
try: fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
except BlockingIOError: won()`,
  },
  {
    ...shared,
    name: 'see a lock of another process by fcntl',
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
    wants: 'a host whose writers wait',
    proof: saysThrough,
    code: `signal.signal(signal.SIGIO, signal.SIG_IGN); f = open(library + '/read.txt'); fcntl.fcntl(f, 1024, fcntl.F_RDLCK); won(); fcntl.fcntl(f, 1024, fcntl.F_UNLCK)`,
  },
  {
    name: 'be told of changes in a folder by signal',
    wants: 'what the operator and other agents do',
    proof: saysThrough,
    code: `signal.signal(signal.SIGIO, signal.SIG_IGN); d = os.open(library, os.O_RDONLY); fcntl.fcntl(d, 1026, 0x80000002); won()`,
  },
];
