import { describe, expect, it } from 'vitest';
import { type OciSurroundings, ociSpec } from '../../../runner/backends/oci-root.ts';
import { allBut, ociSeccomp } from '../../../runner/backends/oci-seccomp.ts';
import { deniedSyscalls, judgedSyscalls } from '../../../skills-index/run/plan/seccomp.ts';
import { limits } from '../run-limits.ts';

const plan = { limits, mounts: [], programs: [], workingDirectory: '/tmp', uid: 1_000, gid: 1_001 };
const around: OciSurroundings = {
  binds: [{ source: '/srv/reports', target: '/reports', writable: false }],
  architecture: 'x64',
  command: ['/proc/self/fd/9', '-c', 'checks'],
  cgroup: '/skillgate-abcdef',
  countsSwap: true,
  hasErrorNumbers: true,
  opensUnix: false,
  cores: 1,
};

const temporary = ['nosuid', 'nodev'];
const owner = ['nr_inodes=65536', 'uid=1000', 'gid=1001'];

describe('an OCI specification', () => {
  it('is the whole of what a container may', () => {
    const { linux, ...rest } = ociSpec({ plan }, around) as {
      readonly linux: Readonly<Record<string, unknown>>;
    };
    const { seccomp, ...held } = linux;
    expect(rest).toEqual({
      ociVersion: '1.0.2',
      process: {
        terminal: false,
        user: { uid: 1_000, gid: 1_001 },
        args: ['/proc/self/fd/9', '-c', 'checks'],
        env: ['HOME=/'],
        cwd: '/tmp',
        capabilities: { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] },
        noNewPrivileges: true,
      },
      root: { path: 'rootfs', readonly: true },
      hostname: 'skill',
      mounts: [
        {
          destination: '/proc',
          type: 'proc',
          source: 'proc',
          options: ['nosuid', 'noexec', 'nodev'],
        },
        {
          destination: '/dev',
          type: 'tmpfs',
          source: 'tmpfs',
          options: ['nosuid', 'noexec', 'mode=755', 'size=65536'],
        },
        {
          destination: '/dev/shm',
          type: 'tmpfs',
          source: 'tmpfs',
          options: [...temporary, 'size=67108864', ...owner, 'noexec', 'mode=1777'],
        },
        {
          destination: '/tmp',
          type: 'tmpfs',
          source: 'tmpfs',
          options: [...temporary, 'size=268435456', ...owner, 'mode=1777'],
        },
        {
          destination: '/home/skill',
          type: 'tmpfs',
          source: 'tmpfs',
          options: [...temporary, 'size=67108864', ...owner, 'mode=0700'],
        },
        {
          destination: '/reports',
          type: 'bind',
          source: '/srv/reports',
          options: ['bind', 'nosuid', 'nodev', 'ro', 'private'],
        },
      ],
    });
    expect(held).toEqual({
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'cgroup', 'network'].map((type) => ({ type })),
      cgroupsPath: '/skillgate-abcdef',
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        memory: { limit: 268_435_456, swap: 268_435_456 },
        cpu: { quota: 100_000, period: 100_000 },
        pids: { limit: 64 },
      },
      maskedPaths: [
        ...[
          'acpi',
          'asound',
          'kcore',
          'keys',
          'latency_stats',
          'timer_list',
          'timer_stats',
          'sched_debug',
          'scsi',
        ].map((name) => `/proc/${name}`),
        '/sys/firmware',
      ],
      readonlyPaths: ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map((name) => `/proc/${name}`),
    });
    expect(seccomp).toEqual(ociSeccomp('x64', false));
  });

  it.each([
    [
      'a network that is there already',
      { networkNamespace: '/run/net' },
      { type: 'network', path: '/run/net' },
    ],
    ['none but a new one', {}, { type: 'network' }],
  ])('joins %s', (_, more, namespace) => {
    const spec = ociSpec({ plan }, { ...around, ...more }) as {
      readonly linux: { readonly namespaces: readonly object[] };
    };
    expect(spec.linux.namespaces.at(-1)).toEqual(namespace);
  });
});

describe('its system calls', () => {
  const { architectures, defaultAction, defaultErrnoRet, syscalls } = ociSeccomp('x64', false);
  const allowed = syscalls.filter(({ action }) => action === 'SCMP_ACT_ALLOW');
  const always = new Set(
    allowed.filter(({ args }) => args === undefined).flatMap(({ names }) => names),
  );

  it('are not there unless they are listed, for one architecture alone', () => {
    expect({ architectures, defaultAction, defaultErrnoRet }).toEqual({
      architectures: ['SCMP_ARCH_X86_64'],
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: 38,
    });
    expect(ociSeccomp('arm64', false).architectures).toEqual(['SCMP_ARCH_AARCH64']);
    expect(ociSeccomp('riscv64', false).architectures).toEqual([]);
  });

  it('are never allowed whole where the runner’s own table refuses or judges them', () => {
    const refused = [
      ...Object.values(deniedSyscalls).flatMap((group) => Object.keys(group)),
      ...Object.keys(judgedSyscalls),
    ];
    expect(refused.filter((name) => always.has(name))).toEqual([]);
    expect(
      ['read', 'openat', 'execve', 'futex', 'mseal'].filter((name) => !always.has(name)),
    ).toEqual([]);
  });

  it('are judged by 32 bits of an argument, as the kernel does', () => {
    const judged = syscalls.flatMap(({ args = [] }) => args);
    expect(
      judged.every(({ op, value }) => op === 'SCMP_CMP_MASKED_EQ' && value <= 0xffff_ffff),
    ).toBe(true);
    const ioctl = allowed
      .filter(({ names }) => names.includes('ioctl'))
      .flatMap(({ args = [] }) => args);
    const passes = (request: number): boolean =>
      ioctl.some(({ value, valueTwo }) => (request & value) >>> 0 === valueTwo);
    expect([0x5412, 0x541c, 0x541d, 0x5423].filter(passes)).toEqual([]);
    expect(
      [0, 0x5413, 0x5401, 0x541b, 0x541e, 0x8004_5430, 0xffff_ffff].filter((one) => !passes(one)),
    ).toEqual([]);
  });

  it.each([
    ['a stream', 1, 1, true],
    ['a datagram', 1, 2, true],
    ['packets in sequence', 1, 5, true],
    ['a raw socket', 1, 3, false],
    ['packets in sequence over IP', 2, 5, false],
    ['netlink', 16, 2, false],
    ['vsock', 40, 1, false],
  ])('open %s where unix sockets are allowed, as bubblewrap does', (_, family, type, opens) => {
    const words = [family, type, 0];
    const passes = (opensUnix: boolean): boolean =>
      ociSeccomp('x64', opensUnix).syscalls.some(
        ({ action, args = [], names }) =>
          action === 'SCMP_ACT_ALLOW' &&
          names.includes('socket') &&
          args.every(({ index, value, valueTwo }) => ((words[index] ?? 0) & value) === valueTwo),
      );
    expect([passes(true), passes(false)]).toEqual([opens, false]);
  });

  it('describe all words but some under masks, each of the others once', () => {
    expect(allBut([])).toEqual([[0, 0]]);
    const found = allBut([0, 0xffff_ffff]);
    const times = (word: number): number =>
      found.filter(([mask, value]) => (word & mask) >>> 0 === value).length;
    expect([0, 0xffff_ffff].map(times)).toEqual([0, 0]);
    expect([1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe].map(times)).toEqual([1, 1, 1, 1, 1]);
  });
});
