/** Privileges, and the operator's terminal. */
import { type Attempt, printsThrough } from '../row.ts';
import { leavesBits } from './proofs.ts';

export const privilegeRows: readonly Attempt[] = [
  {
    name: 'become root',
    wants: 'root',
    as: 'root',
    proof: printsThrough,
    code: 'os.setuid(0); won()',
  },
  {
    name: 'become another user',
    wants: 'that user’s files',
    as: 'root',
    proof: printsThrough,
    code: 'other = 1001 if os.getuid() == 1000 else 1000; os.setresuid(other, other, other); won()',
  },
  {
    name: 'join another group',
    wants: 'that group’s files',
    as: 'root',
    proof: printsThrough,
    code: 'os.setgroups([0]); won()',
  },
  {
    name: 'start a setuid program of root',
    wants: 'root',
    proof: printsThrough,
    program: 'sh',
    code: '[ "$("$AT_mount/id-as-root" -u)" = 0 ] && echo through',
  },
  {
    name: 'give a file to root',
    wants: 'a file that root trusts',
    as: 'root',
    proof: printsThrough,
    code: `p = mount + '/given'; open(p, 'w').close(); os.chown(p, 0, 0); won(os.getuid() == 0 or os.stat(p).st_uid == 0)`,
  },
  {
    name: 'give a file capabilities',
    wants: 'a program with root’s rights',
    as: 'root',
    proof: printsThrough,
    code: `p = mount + '/capable'; open(p, 'w').close(); os.setxattr(p, 'security.capability', struct.pack('<5I', 0x2000001, 1 << 21, 0, 0, 0)); won()`,
  },
  {
    name: 'keep any privilege',
    wants: 'a step towards root',
    proof: printsThrough,
    code: `s = dict(l.split(':', 1) for l in open('/proc/self/status')); now = [s[k].strip() for k in ('NoNewPrivs', 'CapBnd', 'Seccomp')]; print(now)
won(now != ['1', '0000000000000000', '2'])`,
  },
  {
    name: 'keep a setuid bit on a file that it writes',
    wants: 'its own program as another user',
    proof: leavesBits('tool', 0o6000),
    code: `p = mount + '/tool'; open(p, 'w').write('#!/bin/sh'); os.chmod(p, 0o6755); print('partly')`,
  },
  {
    name: 'type into the operator’s terminal',
    wants: 'a command in the operator’s shell',
    as: 'root',
    proof: printsThrough,
    code: `master, slave = os.openpty()
if os.fork() == 0:
    os.setsid(); fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    try: fcntl.ioctl(slave, termios.TIOCSTI, b'x'); won()
    except OSError as e: print('OSError', e, flush=True)
    os._exit(0)
os.wait()`,
  },
  {
    name: 'paste into the operator’s console',
    wants: 'a command in the operator’s shell',
    as: 'root',
    proof: printsThrough,
    // TIOCLINUX with a subcode that does not exist.
    code: `master, slave = os.openpty()
try: fcntl.ioctl(slave, 0x541c, b'\\xff'); won()
except OSError as e:
    print('OSError', e); won(e.errno not in (errno.EPERM,))`,
  },
  {
    name: 'open the operator’s terminal',
    wants: 'the operator’s keystrokes',
    proof: printsThrough,
    // Without a terminal of the runner, the attempt proves nothing.
    code: `if terminal == 'no': print('untested: the runner has no terminal')
else: os.close(os.open('/dev/tty', os.O_RDWR)); won()`,
  },
];
