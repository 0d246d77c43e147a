/**
 * Makes the root folder of a container for one run: the run's files, links to libraries, and mount
 * points for all binds.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { sharedMemoryMiBMax } from '../bubblewrap/bubblewrap-arguments.ts';
import { accounts } from '../sandbox/accounts.ts';
import { companionOf, packageFoldersOf } from '../sandbox/companions.ts';
import { baseTarget, type SandboxFile, type SandboxStart } from '../sandbox/sandbox.ts';
import { ociSeccomp } from './oci-seccomp.ts';

/** Folders of the host that every interpreter needs. Links are recreated, folders are bound. */
const libraries = ['/usr/lib', '/usr/lib64', '/usr/share/zoneinfo', '/lib', '/lib64'];

// Temporary folders are mounted over these paths and would hide files there.
const temporaryFolders = /^\/(?:tmp|home\/skill|dev\/shm)\//;

/**
 * Writes the root and returns the binds, in order.
 * @param linksPrograms whether the container shows the links of this root
 */
export function makeRoot(
  bundle: string,
  { base, files, folders = [], plan }: Pick<SandboxStart, 'base' | 'files' | 'folders' | 'plan'>,
  linksPrograms = true,
): OciBind[] {
  const root = `${bundle}/rootfs`;
  const binds: OciBind[] = [];
  mkdirSync(`${root}/usr/bin`, { recursive: true });
  symlinkSync('usr/bin', `${root}/bin`);
  for (const path of libraries.filter((library) => existsSync(library))) {
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), `${root}${path}`);
    else binds.push(place(root, path, path, 'folder'));
  }
  binds.push(...folders.map(({ path, target }) => ({ source: path, target, writable: false })));
  if (base !== undefined) {
    binds.push(place(root, base.path, baseTarget, 'folder'));
    for (const [program, file] of base.links) {
      symlinkSync(`${baseTarget}/${file}`, `${root}/usr/bin/${program}`);
      binds.push(...besides(root, [companionOf(program, file) ?? '']));
    }
  }
  for (const { program, path } of plan.programs) {
    const beside = packageFoldersOf(program);
    if (linksPrograms && beside.some((folder) => path.startsWith(`${folder}/`)))
      symlinkSync(path, `${root}/usr/bin/${program}`);
    else binds.push(place(root, path, `/usr/bin/${program}`, 'file'));
    // All of /usr/lib is there.
    binds.push(
      ...besides(
        root,
        beside.filter((folder) => !folder.startsWith('/usr/lib/')),
      ),
    );
  }
  for (const folder of ['/proc', '/dev', '/tmp', '/home/skill', '/sys'])
    mkdirSync(`${root}${folder}`, { recursive: true });
  for (const { target } of plan.mounts) mkdirSync(`${root}${target}`, { recursive: true });
  for (const file of [...files, ...accounts(plan)]) {
    const isCovered = temporaryFolders.test(file.path);
    write(isCovered ? `${bundle}/covered` : root, file);
    if (isCovered)
      binds.push({ source: `${bundle}/covered${file.path}`, target: file.path, writable: false });
  }
  return binds;
}

function write(root: string, { path, mode, bytes }: SandboxFile): void {
  const at = `${root}${path}`;
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, bytes, { flag: 'wx' });
  chmodSync(at, Number.parseInt(mode, 8));
}

function besides(root: string, paths: readonly string[]): OciBind[] {
  const found = paths.filter((path) => existsSync(path));
  return found.map((path) =>
    place(root, path, path, statSync(path).isDirectory() ? 'folder' : 'file'),
  );
}

function place(root: string, source: string, target: string, kind: 'folder' | 'file'): OciBind {
  const at = `${root}${target}`;
  mkdirSync(kind === 'folder' ? at : dirname(at), { recursive: true });
  if (kind === 'file') writeFileSync(at, '');
  return { source, target, writable: false };
}

// Turns a start into an OCI bundle's `config.json` (OCI runtime specification 1.0.2). Pure.

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
