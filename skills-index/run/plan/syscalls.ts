/**
 * System calls that no skill needs and that expose more of the kernel to attack, by their numbers
 * for x86_64 and aarch64 (Linux UAPI unistd.h). The table omits calls that need a capability of the
 * initial user namespace (modules, kexec, clocks, swap), because a sandbox can never have such a
 * capability.
 */

/** The numbers of a call as `[x86_64, aarch64]`; -1 where the architecture lacks the call. */
type Numbers = readonly [number, number];

export const deniedSyscalls: Readonly<Record<string, Readonly<Record<string, Numbers>>>> = {
  'looks into other processes': {
    ptrace: [101, 117],
    process_vm_readv: [310, 270],
    process_vm_writev: [311, 271],
    process_madvise: [440, 440],
    kcmp: [312, 272],
    pidfd_getfd: [438, 438],
  },
  'keyrings are not namespaced': {
    keyctl: [250, 219],
    add_key: [248, 217],
    request_key: [249, 218],
  },
  'large kernel surfaces': {
    bpf: [321, 280],
    perf_event_open: [298, 241],
    userfaultfd: [323, 282],
    io_setup: [206, 0],
    io_submit: [209, 2],
    io_uring_setup: [425, 425],
    io_uring_enter: [426, 426],
    io_uring_register: [427, 427],
    fanotify_init: [300, 262],
    fanotify_mark: [301, 263],
    modify_ldt: [154, -1],
    migrate_pages: [256, 238],
    move_pages: [279, 239],
    mbind: [237, 235],
    set_mempolicy: [238, 237],
  },
  'mounts and namespaces': {
    mount: [165, 40],
    umount2: [166, 39],
    pivot_root: [155, 41],
    chroot: [161, 51],
    move_mount: [429, 429],
    open_tree: [428, 428],
    fsopen: [430, 430],
    fsconfig: [431, 431],
    fsmount: [432, 432],
    fspick: [433, 433],
    mount_setattr: [442, 442],
    statmount: [457, 457],
    listmount: [458, 458],
    name_to_handle_at: [303, 264],
    open_by_handle_at: [304, 265],
    unshare: [272, 97],
    setns: [308, 268],
  },
  'the log of the machine': { syslog: [103, 116] },
};

/** Calls that the filter allows only with certain arguments. */
export const judgedSyscalls = {
  clone: [56, 220],
  clone3: [435, 435],
  socket: [41, 198],
  socketpair: [53, 199],
  setsockopt: [54, 208],
  ioctl: [16, 29],
  personality: [135, 92],
  fcntl: [72, 25],
} as const satisfies Record<string, Numbers>;

/** The number of mseal. Calls with higher numbers fail as if the kernel lacked them. */
export const lastKnownSyscall = 462;
