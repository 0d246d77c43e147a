/** Other processes and what they hold. */
import { type Attempt, isHeard, saysThrough, tellsSecret } from '../row.ts';
import { leaves, leavesName } from './proofs.ts';

const memory = { wants: 'the memory of another process', proof: tellsSecret } as const;

// The stack of a process ends with its arguments and its environment.
const stackOf = (pid: string): string =>
  `line = [l for l in open('/proc/%s/maps' % ${pid}) if '[stack]' in l][0]; low, high = [int(x, 16) for x in line.split()[0].split('-')]`;

export const processRows: readonly Attempt[] = [
  {
    name: 'attach to a process of the host',
    wants: 'its execution',
    proof: saysThrough,
    code: `call('ptrace', 0x4206, victim, 0, 0); won()`,
  },
  {
    name: 'attach to its own parent',
    wants: 'its execution',
    proof: saysThrough,
    code: `call('ptrace', 0x4206, os.getppid(), 0, 0); won()`,
  },
  {
    ...memory,
    name: 'copy the memory of a process of the host',
    code: `${stackOf('victim')}; size = min(high - low, 65536); out = ctypes.create_string_buffer(size)
class Part(ctypes.Structure): _fields_ = [('at', PTR), ('size', ctypes.c_size_t)]
call('process_vm_readv', victim, ctypes.byref(Part(ctypes.addressof(out), size)), 1, ctypes.byref(Part(high - size, size)), 1, 0)
print(re.findall(rb'KEY-[0-9a-f]+', out.raw))`,
  },
  {
    ...memory,
    name: 'read the memory file of a process of the host',
    code: `${stackOf('victim')}; f = open('/proc/%d/mem' % victim, 'rb', 0); f.seek(high - 65536); print(re.findall(rb'KEY-[0-9a-f]+', f.read(65536)))`,
  },
  {
    ...memory,
    name: 'read the memory file of process 1',
    as: 'root',
    code: `${stackOf('1')}; f = open('/proc/1/mem', 'rb', 0); f.seek(high - 65536); print(re.findall(rb'KEY-[0-9a-f]+', f.read(65536)))`,
  },
  {
    name: 'write into the memory of process 1',
    wants: 'a first process that outlives the runner',
    as: 'root',
    proof: saysThrough,
    code: `open('/proc/1/mem', 'r+b', 0); won()`,
  },
  {
    ...memory,
    name: 'read its own memory for what was there before',
    code: `for line in open('/proc/self/maps'):
    low, high = [int(x, 16) for x in line.split()[0].split('-')]
    if '[stack]' not in line and '[heap]' not in line: continue
    f = open('/proc/self/mem', 'rb', 0); f.seek(low)
    print(set(re.findall(rb'KEY-[0-9a-f]{24}', f.read(high - low))))`,
  },
  {
    name: 'read the environment of process 1',
    wants: 'the runner’s variables',
    as: 'root',
    proof: tellsSecret,
    code: `print(re.findall('KEY-[0-9a-f]{24}', open('/proc/1/environ').read()))`,
  },
  {
    name: 'read its own environment',
    wants: 'the runner’s variables',
    proof: tellsSecret,
    program: 'sh',
    code: 'set',
    ends: true,
  },
  {
    name: 'read the environment of every process',
    wants: 'the variables of other programs',
    proof: tellsSecret,
    code: `for n in filter(str.isdigit, os.listdir('/proc')):
    try: print(re.findall('KEY-[0-9a-f]{24}', open('/proc/%s/environ' % n).read()))
    except OSError: pass`,
  },
  {
    name: 'read the arguments of every process',
    wants: 'secrets that were given as arguments',
    proof: tellsSecret,
    code: `for n in filter(str.isdigit, os.listdir('/proc')): print(re.findall('KEY-[0-9a-f]{24}', open('/proc/%s/cmdline' % n).read()))`,
  },
  {
    name: 'see a process of the host',
    wants: 'what runs there',
    proof: saysThrough,
    code: `won(b'skillgate-escape' in open('/proc/%d/cmdline' % victim, 'rb').read())`,
  },
  {
    name: 'signal a process of the host',
    wants: 'its end',
    proof: leaves('home/signalled'),
    code: `os.kill(victim, signal.SIGUSR1); time.sleep(0.2)`,
  },
  {
    name: 'take an open file from a process of the host',
    wants: 'what it has open',
    proof: tellsSecret,
    code: `fd = call('pidfd_getfd', os.pidfd_open(victim), victimFile, 0); print(os.pread(fd, 99, 0))`,
  },
  {
    name: 'open a file by another process’s descriptor',
    wants: 'what it has open',
    proof: tellsSecret,
    code: `print(open('/proc/%d/fd/%d' % (victim, victimFile)).read())`,
  },
  {
    name: 'find descriptors that were left open',
    wants: 'files and sockets of the runner',
    proof: saysThrough,
    code: `found = [os.readlink('/proc/self/fd/%d' % n) for n in inherited]; print(found); won(any(one != '/dev/null' for one in found))`,
  },
  {
    name: 'read shared memory of the host by its number',
    wants: 'what another process keeps there',
    proof: tellsSecret,
    code: `libc.shmat.restype = PTR; at = libc.shmat(sharedMemory, None, 0o10000); print(ctypes.string_at(at, 64) if at not in (None, 2**64 - 1) else os.strerror(ctypes.get_errno()))`,
  },
  {
    name: 'be the last to be ended where memory is short',
    wants: 'others ended in its place',
    as: 'root',
    proof: saysThrough,
    code: `os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000'); won()`,
  },
  {
    name: 'go before all others',
    wants: 'the processor',
    as: 'root',
    proof: saysThrough,
    code: `os.nice(-10); won()`,
  },
  {
    name: 'leave its memory as a core file in a mount',
    wants: 'secrets of a run on the host’s disk',
    proof: leavesName(/^core/),
    seconds: 6,
    code: `pid = os.fork()
if pid == 0:
    os.chdir(mount); resource.setrlimit(resource.RLIMIT_CORE, (64 << 20, 64 << 20)); os.abort()
os.waitpid(pid, 0)`,
  },
  {
    name: 'ask a key agent by its socket',
    wants: 'signatures with the user’s keys',
    proof: isHeard,
    code: `tell(os.environ.get('SSH_AUTH_SOCK', folder + '/agent.sock'), socket.AF_UNIX)`,
  },
  {
    name: 'read the value of a secret from its own environment',
    wants: 'the secret',
    proof: tellsSecret,
    code: `print(os.environ['CRM_TOKEN'])`,
  },
];
