/** The runner's table of system calls as the seccomp section of an OCI runtime specification (config-linux.md, "Seccomp"). Pure. */
import { deniedSyscalls } from '../../skills-index/run/syscalls.ts';

interface Argument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: 'SCMP_CMP_EQ' | 'SCMP_CMP_NE' | 'SCMP_CMP_GE' | 'SCMP_CMP_MASKED_EQ';
}

interface Rule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ERRNO';
  readonly errnoRet: number;
  readonly args?: readonly Argument[];
}

export interface OciSeccomp {
  readonly defaultAction: 'SCMP_ACT_ALLOW';
  /** No other: a 32-bit or x32 call ends the process. */
  readonly architectures: readonly string[];
  readonly syscalls: readonly Rule[];
}

const [notPermitted, noSuchCall, noSuchFamily] = [1, 38, 97];
const [unix, inet, inet6, lastFamily] = [1, 2, 10, 46];
const otherTypes = [3, 4, 5, 6, 10];
const terminalRequests = [0x5412, 0x541c, 0x541d, 0x5423];
const namespaceFlags = [0x80, 0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000];
const architectures = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' } as const;

/** What a skill's calls are answered; other architectures than x86_64 and aarch64 get an empty list, with which no runtime starts. */
export function ociSeccomp(architecture: string): OciSeccomp {
  const refuse = (names: readonly string[], errnoRet: number, ...args: Argument[]): Rule => ({
    ...{ names, action: 'SCMP_ACT_ERRNO', errnoRet },
    ...(args.length === 0 ? {} : { args }),
  });
  const equal = (index: number, value: number): Argument => ({ index, value, op: 'SCMP_CMP_EQ' });
  const masked = (index: number, mask: number, value: number): Argument => ({
    ...{ index, value: mask, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' },
  });
  const families = (call: string, allowed: readonly number[]): Rule[] => [
    ...Array.from({ length: lastFamily }, (_, family) => family)
      .filter((family) => !allowed.includes(family))
      .map((family) => refuse([call], noSuchFamily, equal(0, family))),
    refuse([call], noSuchFamily, { index: 0, value: lastFamily, op: 'SCMP_CMP_GE' }),
  ];
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: architecture === 'x64' || architecture === 'arm64' ? [architectures[architecture]] : [],
    syscalls: [
      refuse(
        Object.values(deniedSyscalls).flatMap((group) => Object.keys(group)),
        notPermitted,
      ),
      refuse(['clone3'], noSuchCall),
      ...namespaceFlags.map((flag) => refuse(['clone'], notPermitted, masked(0, flag, flag))),
      ...terminalRequests.map((request) => refuse(['ioctl'], notPermitted, equal(1, request))),
      refuse(['personality'], notPermitted, { index: 0, value: 0, op: 'SCMP_CMP_NE' }),
      ...families('socketpair', [unix]),
      ...families('socket', [inet, inet6]),
      ...otherTypes.map((type) => refuse(['socket'], notPermitted, masked(1, 0xf, type))),
    ],
  };
}
