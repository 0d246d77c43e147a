/**
 * Turns Skillgate's table of system calls into the seccomp section of an OCI runtime specification
 * (config-linux.md, "Seccomp"), which docker reads too. Pure.
 */
import {
  datagram,
  fileRequests,
  inet,
  inet6,
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
} from '../../skills-index/run/plan/kernel-numbers.ts';
import { deniedSyscalls, judgedSyscalls } from '../../skills-index/run/plan/syscalls.ts';
import { allowedSyscalls } from './allowed-syscalls.ts';

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

export interface OciSeccomp {
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
