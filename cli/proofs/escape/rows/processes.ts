/** Other processes, their memory and their open files. */
import { type Attempt, isReceived, printsSecret, printsThrough } from '../row.ts';
import { leaves, leavesName } from './proofs.ts';

const memory = { wants: 'the memory of another process', proof: printsSecret } as const;

// The stack of a process ends with its arguments and its environment.
const stackOf = (pid: string): string =>
  `line = [l for l in open('/proc/%s/maps' % ${pid}) if '[stack]' in l][0]; low, high = [int(x, 16) for x in line.split()[0].split('-')]`;

export const processRows: readonly Attempt[] = [
  {
    name: 'attach to a process of the host',
    wants: 'control of that process',
    proof: printsThrough,
    code: `call('ptrace', 0x4206, victim, 0, 0); won()`,
  },
  {
    name: 'attach to its own parent',
    wants: 'control of that process',
    proof: printsThrough,
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
    wants: 'code that outlives the runner',
    as: 'root',
    proof: printsThrough,
    code: `open('/proc/1/mem', 'r+b', 0); won()`,
  },
  {
    ...memory,
    name: 'search its own memory for leftovers of the host',
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
    proof: printsSecret,
    code: `print(re.findall('KEY-[0-9a-f]{24}', open('/proc/1/environ').read()))`,
  },
  {
    name: 'read its own environment',
    wants: 'the runner’s variables',
    proof: printsSecret,
    program: 'sh',
    code: 'set',
    ends: true,
  },
  {
    name: 'read the environment of every process',
    wants: 'the variables of other programs',
    proof: printsSecret,
    code: `for n in filter(str.isdigit, os.listdir('/proc')):
    try: found = re.findall('KEY-[0-9a-f]{24}', open('/proc/%s/environ' % n).read())
    except (OSError, ValueError): continue
    if found: print(found)`,
  },
  {
    name: 'read the arguments of every process',
    wants: 'secrets that were given as arguments',
    proof: printsSecret,
    code: `for n in filter(str.isdigit, os.listdir('/proc')):
    try: found = re.findall('KEY-[0-9a-f]{24}', open('/proc/%s/cmdline' % n).read())
    except (OSError, ValueError): continue
    if found: print(found)`,
  },
  {
    name: 'see a process of the host',
    wants: 'the list of the host’s programs',
    proof: printsThrough,
    code: `won(b'skillgate-escape' in open('/proc/%d/cmdline' % victim, 'rb').read())`,
  },
  {
    name: 'signal a process of the host',
    wants: 'the end of that process',
    proof: leaves('home/signalled'),
    code: `os.kill(victim, signal.SIGUSR1); time.sleep(0.2)`,
  },
  {
    name: 'take an open file from a process of the host',
    wants: 'the open files of that process',
    proof: printsSecret,
    code: `fd = call('pidfd_getfd', os.pidfd_open(victim), victimFile, 0); print(os.pread(fd, 99, 0))`,
  },
  {
    name: 'open a file by another process’s descriptor',
    wants: 'the open files of that process',
    proof: printsSecret,
    code: `print(open('/proc/%d/fd/%d' % (victim, victimFile)).read())`,
  },
  {
    name: 'find descriptors that the runner left open',
    wants: 'files and sockets of the runner',
    proof: printsThrough,
    code: `found = [os.readlink('/proc/self/fd/%d' % n) for n in inherited]; print(found); won(any(one != '/dev/null' for one in found))`,
  },
  {
    name: 'read System V shared memory of the host',
    wants: 'the memory of another process',
    proof: printsSecret,
    code: `libc.shmat.restype = PTR; at = libc.shmat(sharedMemory, None, 0o10000); print(ctypes.string_at(at, 64) if at not in (None, 2**64 - 1) else os.strerror(ctypes.get_errno()))`,
  },
  {
    name: 'protect itself from the out-of-memory killer',
    wants: 'the end of other processes in its place',
    as: 'root',
    proof: printsThrough,
    code: `os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000'); won()`,
  },
  {
    name: 'raise its own priority',
    wants: 'more processor time than others',
    as: 'root',
    proof: printsThrough,
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
    name: 'ask an SSH agent for a signature',
    wants: 'signatures with the user’s keys',
    proof: isReceived,
    code: `tell(os.environ.get('SSH_AUTH_SOCK', folder + '/agent.sock'), socket.AF_UNIX)`,
  },
  {
    name: 'read the value of a secret from its own environment',
    wants: 'the secret',
    proof: printsSecret,
    code: `print(os.environ['CRM_TOKEN'])`,
  },
];
