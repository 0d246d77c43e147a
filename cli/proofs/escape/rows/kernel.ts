/**
 * System calls that no skill needs. A call that would change the machine gets invalid arguments:
 * any error but a refusal shows that the kernel read them.
 */
import { type Attempt, printsThrough } from '../row.ts';

const kernel = { wants: 'more of the kernel’s attack surface', proof: printsThrough } as const;
const machine = { wants: 'control of the machine', proof: printsThrough, as: 'root' } as const;

export const kernelRows: readonly Attempt[] = [
  { ...kernel, name: 'read the session’s keyring', code: `call('keyctl', 0, -3, 1); won()` },
  {
    ...kernel,
    name: 'leave a key for later programs',
    // Removed from the user's keyring again: the key would outlive the suite.
    code: `key = call('add_key', buffer('user'), buffer('left'), buffer('x'), 1, -4); won(); call('keyctl', 9, key, -4)`,
  },
  {
    ...kernel,
    name: 'request a key from the kernel',
    code: `reach('request_key', buffer('user'), buffer('none'), 0, 0)`,
  },
  {
    ...kernel,
    name: 'load a BPF program into the kernel',
    as: 'root',
    code: `reach('bpf', 0, 0, 0)`,
  },
  {
    ...kernel,
    name: 'watch performance counters',
    code: `reach('perf_event_open', 0, 0, -1, -1, 0)`,
  },
  {
    ...kernel,
    name: 'handle its own page faults (userfaultfd)',
    code: `os.close(call('userfaultfd', 1)); won()`,
  },
  {
    ...kernel,
    name: 'create a ring of system calls (io_uring)',
    code: `os.close(call('io_uring_setup', 2, ctypes.create_string_buffer(256))); won()`,
  },
  {
    ...kernel,
    name: 'use a ring of system calls (io_uring)',
    code: `reach('io_uring_enter', -1, 0, 0, 0, 0, 0)`,
  },
  { ...kernel, name: 'set the local descriptor table', code: `reach('modify_ldt', 0, 0, 0)` },
  {
    ...kernel,
    name: 'turn off address randomisation',
    code: `call('personality', 0x40000); won()`,
  },
  {
    ...kernel,
    name: 'change the execution domain (personality)',
    code: `call('personality', 0x8); call('personality', 0); won()`,
  },
  {
    ...kernel,
    name: 'compare the open files of two processes',
    code: `call('kcmp', os.getpid(), os.getppid(), 0, 0, 0); won()`,
  },
  {
    ...kernel,
    name: 'move its memory pages between NUMA nodes',
    code: `reach('move_pages', 0, 0, 0, 0, 0, 0)`,
  },
  { ...kernel, name: 'bind its memory to a NUMA node', code: `reach('set_mempolicy', 0, 0, 0)` },
  {
    ...kernel,
    name: 'advise the kernel about another process’s memory',
    code: `reach('process_madvise', -1, 0, 0, 0, 0)`,
  },
  {
    ...kernel,
    name: 'watch every file of a mount',
    code: `os.close(call('fanotify_init', 0x200, 0)); won()`,
  },
  { ...kernel, name: 'list mounts by number', code: `reach('listmount', 0, 0, 0, 0)` },
  {
    ...kernel,
    name: 'make a system call of the x32 interface',
    code: `got = libc.syscall(ctypes.c_long(0x40000027)); won(got > 0); print(ctypes.get_errno())`,
  },
  {
    ...kernel,
    name: 'make a system call that is newer than the filter',
    // The filter allows calls like futex2 and cachestat, and answers ENOSYS to 463 and later.
    code: `libc.syscall(ctypes.c_long(463), ctypes.c_long(-1), 0, 0, 0, 0, 0); won(ctypes.get_errno() not in (1, 38)); print(ctypes.get_errno())`,
  },
  { ...machine, name: 'read the log of the kernel', code: `call('syslog', 10, 0, 0); won()` },
  { ...machine, name: 'load another kernel', code: `reach('kexec_load', -1, -1, -1, -1)` },
  { ...machine, name: 'load a module', code: `reach('init_module', -1, 0, -1)` },
  { ...machine, name: 'load a module from a file', code: `reach('finit_module', -1, 0, 0)` },
  { ...machine, name: 'unload a module', code: `reach('delete_module', -1, 0)` },
  { ...machine, name: 'restart the machine', code: `reach('reboot', 0, 0, 0, 0)` },
  {
    ...machine,
    name: 'rename the machine',
    code: `call('sethostname', buffer('renamed'), 7); won()`,
  },
  { ...machine, name: 'set the clock', code: `call('settimeofday', 0, 0); won()` },
  {
    ...machine,
    name: 'use the I/O ports of devices',
    code: `call('iopl', 3); call('iopl', 0); won()`,
  },
  // ADJ_TICK with an invalid tick.
  {
    ...machine,
    name: 'change the speed of the clock',
    code: `t = ctypes.create_string_buffer(256); struct.pack_into('I', t, 0, 0x4000); reach('adjtimex', t)`,
  },
  { ...machine, name: 'swap to a file', code: `reach('swapon', -1, 0)` },
  { ...machine, name: 'turn on process accounting', code: `reach('acct', -1)` },
];

// Devices, and the settings in /proc and /sys.

const device = { wants: 'a device of the host', proof: printsThrough, as: 'root' } as const;
const setting = { wants: 'a setting of the kernel', proof: printsThrough, as: 'root' } as const;

const open = (path: string, flags = 'os.O_RDONLY'): string =>
  `os.close(os.open('${path}', ${flags})); won()`;

export const deviceRows: readonly Attempt[] = [
  {
    ...device,
    name: 'make a block device',
    code: `os.mknod(mount + '/disk', stat.S_IFBLK | 0o600, os.makedev(7, 0)); won()`,
  },
  {
    ...device,
    name: 'make a character device',
    code: `os.mknod(mount + '/zero', stat.S_IFCHR | 0o600, os.makedev(1, 5)); won()`,
  },
  {
    ...device,
    name: 'read a disk',
    code: `disks = [n for n in os.listdir('/dev') if re.fullmatch('(vd|sd|xvd|nvme|loop)[a-z0-9]+', n)]; print(disks)
for n in disks:
    try: os.read(os.open('/dev/' + n, os.O_RDONLY), 16); won()
    except OSError as e: print(e)
if not disks: os.open('/dev/vda', os.O_RDONLY)`,
  },
  {
    ...device,
    name: 'read the memory of the machine',
    code: `os.open('/dev/mem' if os.path.exists('/dev/mem') else '/proc/kcore', os.O_RDONLY); won()`,
  },
  { ...device, name: 'start virtual machines', code: open('/dev/kvm', 'os.O_RDWR') },
  { ...device, name: 'serve a file system through FUSE', code: open('/dev/fuse', 'os.O_RDWR') },
  { ...device, name: 'reach the host of a virtual machine', code: open('/dev/vsock') },
  { ...device, name: 'make a network device', code: open('/dev/net/tun', 'os.O_RDWR') },
  { ...device, name: 'read and write the kernel’s log', code: open('/dev/kmsg', 'os.O_RDWR') },
  { ...device, name: 'type keys into other programs', code: open('/dev/uinput', 'os.O_WRONLY') },
  {
    name: 'read the names of the host’s keys',
    wants: 'the names of keys in the host’s keyrings',
    proof: printsThrough,
    // The victim process added a key of this name.
    code: `won(os.path.basename(folder) in open('/proc/keys').read())`,
  },
  {
    ...setting,
    name: 'trigger the kernel’s emergency keys (SysRq)',
    code: open('/proc/sysrq-trigger', 'os.O_WRONLY'),
  },
  {
    ...setting,
    name: 'set the program that receives core dumps',
    code: `f = open('/proc/sys/kernel/core_pattern', 'r+'); same = f.read(); f.seek(0); f.write(same); f.flush(); won()`,
  },
  {
    ...setting,
    name: 'change how the kernel allots memory',
    code: `f = open('/proc/sys/vm/overcommit_memory', 'r+'); same = f.read(); f.seek(0); f.write(same); f.flush(); won()`,
  },
  {
    ...setting,
    name: 'read the addresses of the kernel’s code',
    code: `won(any(int(l.split()[0], 16) for l in open('/proc/kallsyms')))`,
  },
  {
    name: 'see the devices in /sys',
    wants: 'the identity of the machine',
    proof: printsThrough,
    code: `won(len(os.listdir('/sys/kernel')) > 0)`,
  },
  {
    ...setting,
    name: 'set a program that the kernel starts for a control group',
    code: `found = [os.path.join(d, n) for d, _, names in os.walk('/sys/fs/cgroup') for n in names if n in ('release_agent', 'cgroup.procs')]
print(found[:3]); won(any(os.open(p, os.O_WRONLY) for p in found[:1]))`,
  },
  {
    ...setting,
    name: 'register an interpreter for programs (binfmt_misc)',
    code: open('/proc/sys/fs/binfmt_misc/register', 'os.O_WRONLY'),
  },
  {
    ...setting,
    name: 'write to the settings of the machine in /sys',
    code: `os.close(os.open('/sys/power/state' if os.path.exists('/sys/power/state') else '/sys/kernel/uevent_helper' if os.path.exists('/sys/kernel/uevent_helper') else '/sys/kernel/profiling', os.O_WRONLY)); won()`,
  },
];
