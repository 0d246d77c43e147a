/**
 * Starts bubblewrap with an empty environment and as the run's uid. bubblewrap gets descriptors
 * instead of paths where another process could swap a path.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ViewNamespace } from '../sandbox/sandbox.ts';
import type { Library } from './bubblewrap-arguments.ts';

/**
 * Numbers of the descriptors in the started processes. The shell in the sandbox closes descriptors
 * below 10 before the command starts.
 */
export const descriptorAt = {
  firstPin: 3,
  network: 7,
  user: 8,
  shell: 9,
  info: 10,
  firstData: 11,
} as const;

/**
 * Programs of this host that start a sandbox, by the system's own paths. The start ignores PATH.
 */
export const tools = {
  bwrap: '/usr/bin/bwrap',
  socat: '/usr/bin/socat',
  sh: '/bin/sh',
  nsenter: '/usr/bin/nsenter',
  unshare: '/usr/bin/unshare',
  setpriv: '/usr/bin/setpriv',
} as const;

export interface Launch {
  readonly bubblewrapArguments: readonly string[];
  readonly command: readonly string[];
  readonly uid: number;
  readonly gid: number;
  readonly runFolder: string;
  readonly descriptors: ReadonlyMap<number, number | 'pipe'>;
  /**
   * Whether bubblewrap starts inside the forwarder's network, and for a runner that is not root in
   * the forwarder's user namespace. `descriptorAt` has the numbers of the descriptors.
   */
  readonly entersNetwork: boolean;
  /** The namespace that the starting process enters before bubblewrap starts. */
  readonly namespace?: ViewNamespace | undefined;
  /**
   * Paths of the host that are bound into the run folder before bubblewrap starts, so that the
   * run's uid reaches the paths. The keys are the places in the run folder.
   */
  readonly staged: ReadonlyMap<string, string>;
}

// Runs as root in a new mount namespace. The script binds the paths that the run's uid cannot
// reach, with the mounts inside these paths. Then the script drops all rights and starts the next
// program.
const stageScript = `set -eu
uid=$1 gid=$2; shift 2
while [ "$1" != -- ]; do /bin/mount --rbind "$2" "$1"; shift 2; done
shift; unset PWD OLDPWD
exec ${tools.setpriv} --reuid "$uid" --regid "$gid" --clear-groups -- "$@"`;

/**
 * Returns a path through which the run's uid reaches `path`. When a folder above `path` is closed
 * to others, a runner that is root stages `path` in the run folder.
 */
export function reachablePath(
  staged: Map<string, string>,
  runFolder: string,
  name: string,
  path: string,
): string {
  if (process.getuid?.() !== 0 || isOpen(dirname(path))) return path;
  const place = `${runFolder}/stage/${name}`;
  fs.mkdirSync(dirname(place), { recursive: true });
  fs.chmodSync(dirname(place), 0o711);
  if (fs.statSync(path).isDirectory()) fs.mkdirSync(place);
  else fs.writeFileSync(place, '');
  staged.set(place, path);
  return place;
}

function isOpen(folder: string): boolean {
  return (fs.statSync(folder).mode & 0o001) !== 0 && (folder === '/' || isOpen(dirname(folder)));
}

/** Starts bubblewrap. Errors of the start arrive as events of the returned child process. */
export function launch({
  bubblewrapArguments,
  command,
  descriptors,
  entersNetwork,
  gid,
  namespace,
  runFolder,
  staged,
  uid,
}: Launch): ChildProcess {
  const nothing = fs.openSync('/dev/null', 'r');
  const options = openData(
    runFolder,
    Buffer.from(bubblewrapArguments.map((argument) => `${argument}\0`).join('')),
  );
  const given = new Map(descriptors);
  const at = Math.max(descriptorAt.firstData, ...[...given.keys()].map((number) => number + 1));
  given.set(at, options);
  for (const number of inherited) if (!given.has(number)) given.set(number, nothing);
  const stdio = Array.from({ length: Math.max(...given.keys()) + 1 }, (_, number) =>
    number < descriptorAt.firstPin ? 'pipe' : (given.get(number) ?? 'ignore'),
  );
  const isRoot = process.getuid?.() === 0;
  const network = entersNetwork ? [`--net=/proc/self/fd/${descriptorAt.network}`] : [];
  // Root enters a network of another user, which its next programs, as the run's user, cannot.
  const enter = [
    tools.nsenter,
    `--user=/proc/self/fd/${descriptorAt.user}`,
    ...network,
    '--preserve-credentials',
    '--',
  ];
  const chain = [
    ...(entersNetwork && !isRoot ? enter : []),
    tools.bwrap,
    '--args',
    String(at),
    '--',
    ...command,
  ];
  const own = `/proc/${process.pid}/fd`;
  const into = [
    ...(namespace === undefined ? [] : [`--mount=${own}/${namespace.mount}`]),
    ...(isRoot ? network : []),
  ];
  const isStaged = staged.size > 0;
  const stage = [
    ...(into.length === 0 ? [] : [tools.nsenter, ...into, '--']),
    tools.unshare,
    '--mount',
    '--propagation',
    'private',
    tools.sh,
    '-c',
    stageScript,
    'sh',
    String(uid),
    String(gid),
    ...[...staged].flat(),
    '--',
    ...chain,
  ];
  // Setting the gid also drops the supplementary groups (nsenter(1), --setgid; libuv, uv_spawn).
  const as =
    namespace?.user === undefined
      ? [`--setgid=${gid}`, `--setuid=${uid}`]
      : [`--user=${own}/${namespace.user}`, '--preserve-credentials'];
  const entered = [tools.nsenter, ...into, ...as, '--', ...chain];
  const [program = '', ...args] = isStaged ? stage : into.length === 0 ? chain : entered;
  const dropsHere = isRoot && !isStaged && into.length === 0;
  try {
    return spawn(program, args, {
      env: {},
      cwd: '/',
      stdio,
      ...(dropsHere ? { uid, gid } : undefined),
    });
  } finally {
    fs.closeSync(options);
    fs.closeSync(nothing);
  }
}

// Descriptors that the runner inherited from its own parent would leak into the sandbox. Node sets
// every later descriptor to close on exec. The prelude refuses to start when any other descriptor
// is open.
const inherited = (fs.existsSync('/proc/self/fdinfo') ? fs.readdirSync('/proc/self/fdinfo') : [])
  .map(Number)
  .filter(
    (number) => number > 2 && fs.existsSync(`/proc/self/fdinfo/${number}`) && !closesOnExec(number),
  );

// Whether a descriptor has O_CLOEXEC among its flags (proc(5), fdinfo).
function closesOnExec(number: number): boolean {
  const [, flags = '0'] =
    /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${number}`, 'latin1')) ?? [];
  return (Number.parseInt(flags, 8) & 0o2_000_000) !== 0;
}

/**
 * Puts bytes into a file without a name and returns the file's descriptor. No other process can
 * find or change the bytes.
 */
export function openData(runFolder: string, bytes: Uint8Array): number {
  const path = `${runFolder}/data`;
  const descriptor = fs.openSync(path, 'wx+', 0o600);
  fs.unlinkSync(path);
  // Write with pwrite(2), which leaves the file's offset at 0, where the reader begins.
  for (let at = 0; at < bytes.length; )
    at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);
  return descriptor;
}

/** Folders of libraries on this host. Programs in these folders are on no PATH. */
export const libraries: readonly Library[] = [
  `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
  '/usr/lib64',
  '/lib',
  '/lib64',
]
  .filter((path) => fs.existsSync(path))
  .map((path) =>
    fs.lstatSync(path).isSymbolicLink() ? { path, link: fs.readlinkSync(path) } : { path },
  );

/** Files that list the keys of every user of this host. Some kernels lack these files. */
export const keyLists = ['/proc/keys', '/proc/key-users'].filter((path) => fs.existsSync(path));

/**
 * Requires that this host has the programs that start a sandbox.
 * @throws Problem `sandbox-missing`; its hint is the command that installs the programs
 */
export function requireTools(): void {
  const missing = Object.values(tools).filter((path) => !isProgram(path));
  if (missing.length === 0) return;
  throw new Problem(
    'sandbox-missing',
    `Cannot start a sandbox: this host lacks ${missing.join(', ')}`,
    {
      hint: 'apt-get install bubblewrap socat util-linux',
    },
  );
}

function isProgram(path: string): boolean {
  const { mode = 0 } = fs.statSync(path, { throwIfNoEntry: false }) ?? {};
  return (mode & 0o111) !== 0;
}
