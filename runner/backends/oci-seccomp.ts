/**
 * The runner's table of system calls as the seccomp section of an OCI runtime specification
 * (config-linux.md, "Seccomp"), which docker reads too. Pure.
 */
import { deniedSyscalls, judgedSyscalls } from '../../skills-index/run/sandbox/syscalls.ts';
import { allowedSyscalls } from './allowed-syscalls.ts';

/** An argument masked, and what it then has to be. */
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
   * A call that is not listed is not there: neither one that is newer than this table, nor one that
   * the runtime has no name for.
   */
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  /** No other: a 32-bit or x32 call ends the process. */
  readonly architectures: readonly string[];
  readonly syscalls: readonly Rule[];
}

const notPermitted = 1;
const noSuchCall = 38;
const noSuchFamily = 97;
const unix = 1;
const inet = 2;
const inet6 = 10;
const stream = 1;
const datagram = 2;
const tcp = 6;
const udp = 17;
const upperLayer = 31;
const terminalRequests = [0x5412, 0x541c, 0x541d, 0x5423];
// F_SETLEASE and F_NOTIFY.
const fileRequests = [1024, 1026];
const newNamespaces = 0x7e02_0000;
const architectures = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' } as const;
const word = 0xffff_ffff;

// What the runner's own table refuses or judges counts, also where it grew since.
const denied = Object.values(deniedSyscalls).flatMap((group) => Object.keys(group));
const judged = new Set([...denied, ...Object.keys(judgedSyscalls)]);

/**
 * What a skill's calls are answered; other architectures than x86_64 and aarch64 get an empty list,
 * with which no runtime starts.
 * @param hasNumbers whether the runtime gives the number that a rule wants; where each refusal is
 * EPERM, the C library would not fall back from clone3 to clone, so that nothing could start a
 * thread
 */
export function ociSeccomp(architecture: string, hasNumbers = true): OciSeccomp {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: noSuchCall,
    architectures:
      architecture === 'x64' || architecture === 'arm64' ? [architectures[architecture]] : [],
    syscalls: [
      { names: allowedSyscalls.filter((name) => !judged.has(name)), action: 'SCMP_ACT_ALLOW' },
      refuse(denied, notPermitted),
      // Its flags lie in memory, where no filter can look; said also where the default number is
      // not heard.
      hasNumbers ? refuse(['clone3'], noSuchCall) : allow('clone3'),
      allow('clone', masked(0, newNamespaces, 0)),
      ...allBut(terminalRequests).map(([mask, value]) => allow('ioctl', masked(1, mask, value))),
      ...terminalRequests.map((request) =>
        refuse(['ioctl'], notPermitted, masked(1, word, request)),
      ),
      ...allBut(fileRequests).map(([mask, value]) => allow('fcntl', masked(1, mask, value))),
      ...fileRequests.map((request) => refuse(['fcntl'], notPermitted, masked(1, word, request))),
      ...[0, word].map((persona) => allow('personality', masked(0, word, persona))),
      // TCP_ULP loads a part of the kernel by its name.
      ...allBut([tcp]).map(([mask, value]) => allow('setsockopt', masked(1, mask, value))),
      ...allBut([upperLayer]).map(([mask, value]) =>
        allow('setsockopt', masked(1, word, tcp), masked(2, mask, value)),
      ),
      allow('socketpair', masked(0, word, unix)),
      ...[inet, inet6].flatMap((family) =>
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
        allBut(call === 'socket' ? [inet, inet6] : [unix]).map(([mask, value]) =>
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

// The kernel reads these arguments as 32 bits, so the upper half must not count: TIOCSTI with a bit
// above it is TIOCSTI.
function masked(index: number, mask: number, value: number): Argument {
  return { index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' };
}

/**
 * All 32-bit words but some, as mask and value, since a rule of libseccomp can only say what an
 * argument is under a mask.
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
      values.filter((one) => ((one >>> bit) & 1) === set),
      (mask | (1 << bit)) >>> 0,
      (value | (set << bit)) >>> 0,
      bit - 1,
    ),
  );
}
