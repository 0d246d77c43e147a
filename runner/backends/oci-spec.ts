/** From a start to an OCI bundle's `config.json` (OCI runtime specification 1.0.2); pure. */
import { homeMiBMax, sharedMemoryMiBMax, temporaryMiBMax } from '../limits.ts';
import type { SandboxStart } from '../sandboxes/sandbox.ts';
import { ociSeccomp } from './oci-seccomp.ts';

/** A folder or file of the host and where it appears, read-only unless it is writable. */
export interface OciBind {
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
}

export interface OciSurroundings {
  readonly binds: readonly OciBind[];
  readonly architecture: string;
  /** What is started in it, the runner's own checks before the command. */
  readonly command: readonly string[];
  /**
   * A network namespace with the proxy behind its loopback device; a new and empty one where it is
   * absent.
   */
  readonly networkNamespace?: string;
  readonly cgroup: string;
  /** Whether a refused system call is answered with the number that the table wants. */
  readonly hasErrorNumbers: boolean;
  /** Whether the kernel counts swap. */
  readonly countsSwap: boolean;
  /** Processors' time, in processors. */
  readonly cores: number;
}

const mebibyte = 1024 * 1024;
const periodMicroseconds = 100_000;
// What the kernel tells about itself and the machine there.
const masked =
  '/proc/acpi /proc/asound /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware';
const readOnly = '/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger';

/**
 * The specification of one run: no capability, no new right, its own namespaces, control groups, a
 * root that nobody writes to.
 */
export function ociSpec({ plan }: Pick<SandboxStart, 'plan'>, around: OciSurroundings): object {
  const { limits } = plan;
  const temporary = (destination: string, mebibytes: number, ...more: string[]): object => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: [
      'nosuid',
      'nodev',
      `size=${mebibytes * mebibyte}`,
      'nr_inodes=65536',
      `uid=${plan.uid}`,
      `gid=${plan.gid}`,
      ...more,
    ],
  });
  const { networkNamespace: path } = around;
  const memory = limits.memoryMiB * mebibyte;
  const namespaces = ['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type }));
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: plan.uid, gid: plan.gid },
      args: around.command,
      env: ['HOME=/'],
      cwd: plan.workingDirectory,
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
      temporary('/dev/shm', sharedMemoryMiBMax, 'noexec', 'mode=1777'),
      temporary('/tmp', temporaryMiBMax, 'mode=1777'),
      temporary('/home/skill', homeMiBMax, 'mode=0700'),
      ...around.binds.map(({ source, target, writable }) => ({
        destination: target,
        type: 'bind',
        source,
        options: ['bind', 'nosuid', 'nodev', writable ? 'rw' : 'ro', 'private'],
      })),
    ],
    linux: {
      namespaces: [
        ...namespaces,
        path === undefined ? { type: 'network' } : { type: 'network', path },
      ],
      cgroupsPath: around.cgroup,
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        // Of memory and swap together.
        memory: { limit: memory, ...(around.countsSwap ? { swap: memory } : {}) },
        cpu: { quota: Math.round(around.cores * periodMicroseconds), period: periodMicroseconds },
        pids: { limit: limits.processes },
      },
      seccomp: ociSeccomp(around.architecture, around.hasErrorNumbers),
      maskedPaths: masked.split(' '),
      readonlyPaths: readOnly.split(' '),
    },
  };
}
