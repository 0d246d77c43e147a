/**
 * The kernel's surface: calls that no skill needs. Where a call would change the machine itself, it
 * is made with arguments that no kernel can follow: an answer other than a refusal shows that it
 * was looked at.
 */
import { type Attempt, saysThrough } from '../row.ts';

const kernel = { wants: 'a larger part of the kernel', proof: saysThrough } as const;
const machine = { wants: 'the machine', proof: saysThrough, as: 'root' } as const;

export const kernelRows: readonly Attempt[] = [
  { ...kernel, name: 'read the session’s keyring', code: `call('keyctl', 0, -3, 1); won()` },
  {
    ...kernel,
    name: 'leave a key for whoever comes next',
    // Taken out of the user's keyring again: it would outlive the suite.
    code: `key = call('add_key', buffer('user'), buffer('left'), buffer('x'), 1, -4); won(); call('keyctl', 9, key, -4)`,
  },
  {
    ...kernel,
    name: 'ask for a key',
    code: `reach('request_key', buffer('user'), buffer('none'), 0, 0)`,
  },
  { ...kernel, name: 'load a program into the kernel', as: 'root', code: `reach('bpf', 0, 0, 0)` },
  {
    ...kernel,
    name: 'watch performance counters',
    code: `reach('perf_event_open', 0, 0, -1, -1, 0)`,
  },
  {
    ...kernel,
    name: 'answer its own page faults',
    code: `os.close(call('userfaultfd', 1)); won()`,
  },
  {
    ...kernel,
    name: 'a ring of system calls',
    code: `os.close(call('io_uring_setup', 2, ctypes.create_string_buffer(256))); won()`,
  },
  {
    ...kernel,
    name: 'enter a ring of system calls',
    code: `reach('io_uring_enter', -1, 0, 0, 0, 0, 0)`,
  },
  { ...kernel, name: 'set the local descriptor table', code: `reach('modify_ldt', 0, 0, 0)` },
  {
    ...kernel,
    name: 'turn off the randomness of addresses',
    code: `call('personality', 0x40000); won()`,
  },
  {
    ...kernel,
    name: 'become a program of another system',
    code: `call('personality', 0x8); call('personality', 0); won()`,
  },
  {
    ...kernel,
    name: 'compare what two processes have open',
    code: `call('kcmp', os.getpid(), os.getppid(), 0, 0, 0); won()`,
  },
  {
    ...kernel,
    name: 'move its pages between nodes',
    code: `reach('move_pages', 0, 0, 0, 0, 0, 0)`,
  },
  { ...kernel, name: 'bind its memory to a node', code: `reach('set_mempolicy', 0, 0, 0)` },
  {
    ...kernel,
    name: 'advise another process’s memory',
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
    name: 'a call of the 32-bit interface with 64-bit numbers',
    code: `got = libc.syscall(ctypes.c_long(0x40000027)); won(got > 0); print(ctypes.get_errno())`,
  },
  {
    ...kernel,
    name: 'a call that came after the filter was written',
    // futex2, cachestat and the like are allowed; 463 and later are answered as if there were none.
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
    name: 'reach the ports of devices',
    code: `call('iopl', 3); call('iopl', 0); won()`,
  },
  // ADJ_TICK with a tick that no clock has.
  {
    ...machine,
    name: 'change the pace of the clock',
    code: `t = ctypes.create_string_buffer(256); struct.pack_into('I', t, 0, 0x4000); reach('adjtimex', t)`,
  },
  { ...machine, name: 'swap to a file', code: `reach('swapon', -1, 0)` },
  { ...machine, name: 'keep accounts of processes', code: `reach('acct', -1)` },
];
