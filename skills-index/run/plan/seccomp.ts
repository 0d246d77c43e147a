/**
 * Generates a seccomp filter from the table of system calls, as the bytes of a classic BPF program
 * (linux/seccomp.h, linux/filter.h).
 */
import { Problem } from '../../skill/problem.ts';
import {
  datagram,
  fileRequests,
  inet,
  inet6,
  newNamespaces,
  noSuchCall,
  noSuchFamily,
  noSuchProtocol,
  notPermitted,
  seqPacket,
  stream,
  tcp,
  terminalRequests,
  udp,
  unix,
  upperLayer,
} from './kernel-numbers.ts';
import { deniedSyscalls, judgedSyscalls, lastKnownSyscall } from './syscalls.ts';

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
