/**
 * Turns Skillgate's table of system calls into the seccomp section of an OCI runtime specification
 * (config-linux.md, "Seccomp"), which docker reads too. Pure.
 */
import {
  datagram,
  deniedSyscalls,
  fileRequests,
  inet,
  inet6,
  judgedSyscalls,
  newNamespaces,
  noSuchCall,
  noSuchFamily,
  notPermitted,
  seqPacket,
  stream,
  tcp,
  terminalRequests,
  udp,
  unix,
  upperLayer,
} from '../../skills-index/run/plan/seccomp.ts';

/** A condition on an argument: its value under a mask. */
interface Argument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo: number;
  readonly op: 'SCMP_CMP_MASKED_EQ';
}

interface Rule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly Argument[];
}

interface OciSeccomp {
  /**
   * Calls that are not listed fail: newer calls than this table, and calls that the runtime has no
   * name for.
   */
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  /** The only architecture: a 32-bit or x32 call ends the process. */
  readonly architectures: readonly string[];
  readonly syscalls: readonly Rule[];
}

const architectures = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' } as const;
const word = 0xffff_ffff;

// Skillgate's own table takes precedence over the list of allowed names.
const denied = Object.values(deniedSyscalls).flatMap((group) => Object.keys(group));
const judged = new Set([...denied, ...Object.keys(judgedSyscalls)]);

/**
 * The seccomp section for an architecture. Other architectures than x86_64 and aarch64 get an empty
 * list, with which no runtime starts.
 * @param opensUnix whether the container may open unix sockets
 * @param hasNumbers whether the runtime returns the error number of a rule. Without that, clone3
 * would fail with EPERM, the C library would not fall back to clone, and no thread could start.
 */
export function ociSeccomp(
  architecture: string,
  opensUnix: boolean,
  hasNumbers = true,
): OciSeccomp {
  const families = opensUnix ? [unix, inet, inet6] : [inet, inet6];
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: noSuchCall,
    architectures:
      architecture === 'x64' || architecture === 'arm64' ? [architectures[architecture]] : [],
    syscalls: [
      { names: allowedSyscalls.filter((name) => !judged.has(name)), action: 'SCMP_ACT_ALLOW' },
      refuse(denied, notPermitted),
      // The flags of clone3 lie in memory, which no filter can read, so deny it. Name the error
      // number, since some runtimes ignore the default number.
      hasNumbers ? refuse(['clone3'], noSuchCall) : allow('clone3'),
      allow('clone', masked(0, newNamespaces, 0)),
      ...allBut(terminalRequests).map(([mask, value]) => allow('ioctl', masked(1, mask, value))),
      ...terminalRequests.map((request) =>
        refuse(['ioctl'], notPermitted, masked(1, word, request)),
      ),
      ...allBut(fileRequests).map(([mask, value]) => allow('fcntl', masked(1, mask, value))),
      ...fileRequests.map((request) => refuse(['fcntl'], notPermitted, masked(1, word, request))),
      ...[0, word].map((persona) => allow('personality', masked(0, word, persona))),
      // TCP_ULP loads a kernel module by name.
      ...allBut([tcp]).map(([mask, value]) => allow('setsockopt', masked(1, mask, value))),
      ...allBut([upperLayer]).map(([mask, value]) =>
        allow('setsockopt', masked(1, word, tcp), masked(2, mask, value)),
      ),
      allow('socketpair', masked(0, word, unix)),
      ...(opensUnix ? [allow('socket', masked(0, word, unix), masked(1, 0xf, seqPacket))] : []),
      ...families.flatMap((family) =>
        [stream, datagram].flatMap((type) =>
          [0, tcp, udp].map((protocol) =>
            allow(
              'socket',
              masked(0, word, family),
              masked(1, 0xf, type),
              masked(2, word, protocol),
            ),
          ),
        ),
      ),
      ...['socket', 'socketpair'].flatMap((call) =>
        allBut(call === 'socket' ? families : [unix]).map(([mask, value]) =>
          refuse([call], noSuchFamily, masked(0, mask, value)),
        ),
      ),
    ],
  };
}

function allow(name: string, ...args: Argument[]): Rule {
  return { names: [name], action: 'SCMP_ACT_ALLOW', ...(args.length === 0 ? {} : { args }) };
}

function refuse(names: readonly string[], errnoRet: number, ...args: Argument[]): Rule {
  return { names, action: 'SCMP_ACT_ERRNO', errnoRet, ...(args.length === 0 ? {} : { args }) };
}

// The kernel uses only the lower 32 bits of these arguments, so mask the upper half: TIOCSTI with a
// higher bit set is still TIOCSTI.
function masked(index: number, mask: number, value: number): Argument {
  return { index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' };
}

/**
 * All 32-bit values except the given ones, as pairs of mask and value: a libseccomp rule can only
 * compare an argument under a mask for equality.
 */
export function allBut(
  values: readonly number[],
  mask = 0,
  value = 0,
  bit = 31,
): (readonly [number, number])[] {
  if (values.length === 0) return [[mask, value]];
  if (bit < 0) return [];
  return [0, 1].flatMap((set) =>
    allBut(
      values.filter((number) => ((number >>> bit) & 1) === set),
      (mask | (1 << bit)) >>> 0,
      (value | (set << bit)) >>> 0,
      bit - 1,
    ),
  );
}

/**
 * Linux system calls that a skill may make with any arguments, by name, for an OCI runtime: all of
 * x86_64 and aarch64 (unistd.h, up to mseal in 6.10) except those in
 * skills-index/run/plan/seccomp.ts. A runtime ignores names that it does not know.
 */
const allowedSyscalls = `
_sysctl accept accept4 access acct adjtimex afs_syscall alarm arch_prctl bind brk cachestat capget capset chdir chmod
chown clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep
clock_nanosleep_time64 clock_settime clock_settime64 close close_range connect copy_file_range creat create_module
delete_module dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait
epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate
fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fcntl64 fdatasync fgetxattr finit_module flistxattr flock fork
fremovexattr fsetxattr fstat fstat64 fstatat fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue
futex_time64 futex_wait futex_waitv futex_wake futimesat get_kernel_syms get_mempolicy get_robust_list get_thread_area
getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer getpeername getpgid getpgrp getpid getpmsg
getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday
getuid getxattr init_module inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy
io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioperm iopl ioprio_get ioprio_set kexec_file_load
kexec_load kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lgetxattr link linkat listen
listxattr llistxattr llseek lookup_dcookie lremovexattr lseek lsetxattr lsm_get_self_attr lsm_list_modules
lsm_set_self_attr lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat
mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open mq_timedreceive
mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock
munlockall munmap nanosleep newfstatat nfsservctl open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2
pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease
pselect6 pselect6_time64 putpmsg pwrite64 pwritev pwritev2 query_module quotactl quotactl_fd read readahead readlink
readlinkat readv reboot recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr rename renameat renameat2
restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity
sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity
sched_setattr sched_setparam sched_setscheduler sched_yield seccomp security select semctl semget semop semtimedop
semtimedop_time64 sendfile sendfile64 sendmmsg sendmsg sendto set_mempolicy_home_node set_robust_list set_thread_area
set_tid_address setdomainname setfsgid setfsuid setgid setgroups sethostname setitimer setpgid setpriority setregid
setresgid setresuid setreuid setrlimit setsid setsockopt settimeofday setuid setxattr shmat shmctl shmdt shmget shutdown
sigaltstack signalfd signalfd4 splice stat stat64 statfs statfs64 statx swapoff swapon symlink symlinkat sync
sync_file_range sync_file_range2 syncfs sysfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun
timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64
timerfd_settime timerfd_settime64 times tkill truncate truncate64 tuxcall umask uname unlink unlinkat uselib ustat utime
utimensat utimensat_time64 utimes vfork vhangup vmsplice vserver wait4 waitid write writev`
  .trim()
  .split(/\s+/);
