/** Turns a start into an OCI bundle's `config.json` (OCI runtime specification 1.0.2). Pure. */

import { sharedMemoryMiBMax } from '../limits.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';
import { ociSeccomp } from './oci-seccomp.ts';

/** A folder or file of the host and its path in the container; read-only unless `writable`. */
export interface OciBind {
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
}

export interface OciSurroundings {
  readonly binds: readonly OciBind[];
  readonly architecture: string;
  /** The command in the container, with the runner's checks first. */
  readonly command: readonly string[];
  /**
   * Path of a network namespace with the proxy behind its loopback device; absent for a new, empty
   * one.
   */
  readonly networkNamespace?: string;
  readonly cgroup: string;
  /** Whether the runtime returns the table's error number for a denied system call. */
  readonly hasErrorNumbers: boolean;
  /** Whether the container may open unix sockets. */
  readonly opensUnix: boolean;
  /** Whether the kernel counts swap. */
  readonly countsSwap: boolean;
  /** Limit of processor time, as a number of processors. */
  readonly cores: number;
}

const mebibyte = 1024 * 1024;
const periodMicroseconds = 100_000;
// Files in which the kernel reveals details about itself and the machine.
const masked =
  '/proc/acpi /proc/asound /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware';
const readOnly = '/proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger';

/**
 * The specification of one run: no capabilities, no new privileges, own namespaces and control
 * groups, and a read-only root.
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
      temporary('/tmp', plan.limits.temporaryMiB, 'mode=1777'),
      temporary('/home/skill', plan.limits.homeMiB, 'mode=0700'),
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
        // Limit of memory and swap together.
        memory: { limit: memory, ...(around.countsSwap ? { swap: memory } : {}) },
        cpu: { quota: Math.round(around.cores * periodMicroseconds), period: periodMicroseconds },
        pids: { limit: limits.processes },
      },
      seccomp: ociSeccomp(around.architecture, around.opensUnix, around.hasErrorNumbers),
      maskedPaths: masked.split(' '),
      readonlyPaths: readOnly.split(' '),
    },
  };
}
