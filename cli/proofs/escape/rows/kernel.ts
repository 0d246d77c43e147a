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
