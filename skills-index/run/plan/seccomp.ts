/**
 * Generates a seccomp filter from the table of system calls, as the bytes of a classic BPF program
 * (linux/seccomp.h, linux/filter.h).
 */
import { Problem } from '../../skill/problem.ts';

/**
 * The members of struct sock_filter: code, instructions to skip when true, instructions to skip
 * when false, value.
 */
type Instruction = readonly [number, number, number, number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const mask = (bits: number): Instruction => [0x54, 0, 0, bits];
const give = (answer: number): Instruction => [0x06, 0, 0, answer];
const ifEqual = (value: number, skipElse: number, skipThen = 0): Instruction => [
  0x15,
  skipThen,
  skipElse,
  value,
];
const ifAbove = (value: number, skipElse: number): Instruction => [0x25, 0, skipElse, value];
const ifAnyBit = (bits: number, skipElse: number): Instruction => [0x45, 0, skipElse, bits];

const allow = give(0x7fff_0000);
const kill = give(0x8000_0000);
const refuse = (errno: number): Instruction => give(0x0005_0000 | errno);

// The offsets in struct seccomp_data: nr, arch, instruction pointer, then six arguments of 8 bytes.
// Both architectures store the low word first.
const numberAt = 0;
const architectureAt = 4;
const argumentAt = (index: number): number => 16 + 8 * index;

const architectures = {
  x64: { audit: 0xc000_003e, column: 0 },
  arm64: { audit: 0xc000_00b7, column: 1 },
} as const;

/**
 * Returns the filter program for `bwrap --seccomp FD`.
 * @param opensUnix whether the program may open Unix sockets
 * @throws Problem `sandbox-missing` on an architecture without a table
 */
export function seccompProgram(architecture: string, opensUnix: boolean): Uint8Array {
  if (architecture !== 'x64' && architecture !== 'arm64') {
    throw new Problem(
      'sandbox-missing',
      `There is no table of system calls for ${architecture}: run on x86_64 or aarch64`,
    );
  }
  const { audit, column } = architectures[architecture];
  const denied = Object.values(deniedSyscalls).flatMap((group) =>
    Object.values(group).map((numbers) => numbers[column]),
  );
  const calls = Object.fromEntries(
    Object.entries(judgedSyscalls).map(([name, numbers]) => [name, numbers[column]]),
  );
  return encode([
    load(architectureAt),
    // A 32-bit call on a 64-bit kernel has different numbers, so any other architecture ends the
    // process.
    ifEqual(audit, 0, 1),
    kill,
    load(numberAt),
    // The x32 interface numbers its calls from 0x40000000, above every known call.
    ifAbove(lastKnownSyscall, 1),
    refuse(noSuchCall),
    ...denied
      .filter((number) => number >= 0)
      .flatMap((number) => [ifEqual(number, 1), refuse(notPermitted)]),
    // No filter can read clone3's flags in memory. The C library then calls clone instead.
    ...on(calls.clone3, [refuse(noSuchCall)]),
    ...on(calls.clone, [
      load(argumentAt(0)),
      ifAnyBit(newNamespaces, 1),
      refuse(notPermitted),
      allow,
    ]),
    ...on(calls.ioctl, [
      load(argumentAt(1)),
      ...terminalRequests.flatMap((request) => [ifEqual(request, 1), refuse(notPermitted)]),
      allow,
    ]),
    ...on(calls.fcntl, [
      load(argumentAt(1)),
      ...fileRequests.flatMap((request) => [ifEqual(request, 1), refuse(notPermitted)]),
      allow,
    ]),
    ...on(calls.personality, [
      load(argumentAt(0)),
      ifEqual(0, 1),
      allow,
      ifEqual(0xffff_ffff, 1),
      allow,
      refuse(notPermitted),
    ]),
    ...on(calls.setsockopt, [
      load(argumentAt(1)),
      ifEqual(tcp, 3),
      load(argumentAt(2)),
      ifEqual(upperLayer, 1),
      refuse(notPermitted),
      allow,
    ]),
    ...on(calls.socketpair, [load(argumentAt(0)), ifEqual(unix, 1), allow, refuse(noSuchFamily)]),
    ...on(calls.socket, judgeSocket(opensUnix)),
    allow,
  ]);
}

function judgeSocket(opensUnix: boolean): Instruction[] {
  const families = opensUnix ? [unix, inet, inet6] : [inet, inet6];
  return [
    ...(opensUnix
      ? [
          load(argumentAt(1)),
          mask(0xf),
          ifEqual(seqPacket, 3),
          load(argumentAt(0)),
          ifEqual(unix, 1),
          allow,
        ]
      : []),
    load(argumentAt(1)),
    mask(0xf),
    ifEqual(stream, 0, 2),
    ifEqual(datagram, 0, 1),
    refuse(notPermitted),
    // The kernel would load a module for any protocol but TCP and UDP.
    load(argumentAt(2)),
    ifEqual(0, 0, 3),
    ifEqual(tcp, 0, 2),
    ifEqual(udp, 0, 1),
    refuse(noSuchProtocol),
    load(argumentAt(0)),
    ...families.flatMap((family) => [ifEqual(family, 1), allow]),
    refuse(noSuchFamily),
  ];
}

function on(call: number | undefined, judge: readonly Instruction[]): Instruction[] {
  return call === undefined ? [] : [ifEqual(call, judge.length), ...judge];
}

// An instruction is encoded as struct sock_filter: u16 code, u8 jt, u8 jf, u32 k.
function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, skipThen, skipElse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(skipThen, index * 8 + 2);
    bytes.writeUInt8(skipElse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}

// System calls that no skill needs and that expose more of the kernel to attack, by their numbers
// for x86_64 and aarch64 (Linux UAPI unistd.h). The table omits calls that need a capability of the
// initial user namespace (modules, kexec, clocks, swap), because a sandbox can never have such a
// capability.

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
const lastKnownSyscall = 462;

// Numbers of Linux that the filters of system calls name (Linux UAPI).

// What a refused call answers (asm-generic/errno.h).
export const notPermitted = 1;
export const noSuchCall = 38;
const noSuchProtocol = 93;
export const noSuchFamily = 97;

// Address families (linux/socket.h).
export const unix = 1;
export const inet = 2;
export const inet6 = 10;

// Types of sockets (linux/net.h).
export const stream = 1;
export const datagram = 2;
export const seqPacket = 5;

// Protocols (linux/in.h), and TCP_ULP, an option that loads a kernel module (linux/tcp.h).
export const tcp = 6;
export const udp = 17;
export const upperLayer = 31;

/** The flags of `clone` and `unshare` that make a namespace (linux/sched.h). */
export const newNamespaces = 0x7e02_0000;

/**
 * F_SETLEASE can delay programs on the host that open the file for writing; F_NOTIFY reports every
 * change in a folder (linux/fcntl.h).
 */
export const fileRequests = [1024, 1026];

/**
 * TIOCSTI and TIOCLINUX inject input into a terminal; TIOCCONS and TIOCSETD take a terminal over
 * (asm-generic/ioctls.h).
 */
export const terminalRequests = [0x5412, 0x541c, 0x541d, 0x5423];
