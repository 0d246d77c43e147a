/**
 * Starts bubblewrap: with an empty environment, as the run's uid, with descriptors instead of paths
 * where it matters.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Library } from './bubblewrap-arguments.ts';

/**
 * Where the started chain finds descriptors; those below 10 are closed by the shell in the sandbox
 * before the command starts.
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
 * The programs of this host that start a sandbox: only where the system installed them, whatever
 * PATH says.
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
  /** Whether it enters the namespaces at `descriptorAt` first. */
  readonly entersNetwork: boolean;
  /** Descriptor of a mount namespace to start in, as root. */
  readonly namespace?: number | undefined;
  /**
   * What is bound at a place of the run folder first, so that the run's uid reaches it: place →
   * path.
   */
  readonly staged: ReadonlyMap<string, string>;
}

// As root: in a mount namespace of its own, bind what the run's uid cannot reach with all that is
// mounted in it, drop every right, go on.
const stageScript = `set -eu
uid=$1 gid=$2; shift 2
while [ "$1" != -- ]; do /bin/mount --rbind "$2" "$1"; shift 2; done
shift; unset PWD OLDPWD
exec ${tools.setpriv} --reuid "$uid" --regid "$gid" --clear-groups -- "$@"`;

/**
 * Where a path is reached by the run's uid; a runner that is root adds it to `staged` when a folder
 * above is shut to others.
 */
export function reach(
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

export function launch(what: Launch): ChildProcess {
  const nothing = fs.openSync('/dev/null', 'r');
  const options = openData(
    what.runFolder,
    Buffer.from(what.bubblewrapArguments.map((one) => `${one}\0`).join('')),
  );
  const stdio: (number | 'pipe' | 'ignore')[] = ['pipe', 'pipe', 'pipe'];
  for (const [number, descriptor] of what.descriptors) put(stdio, number, descriptor);
  const at = Math.max(stdio.length, descriptorAt.firstData);
  put(stdio, at, options);
  for (const number of inherited)
    if ((stdio[number] ?? 'ignore') === 'ignore') put(stdio, number, nothing);
  const [user, network] = [descriptorAt.user, descriptorAt.network].map(
    (number) => `/proc/self/fd/${number}`,
  );
  const enter = [
    tools.nsenter,
    `--user=${user}`,
    `--net=${network}`,
    '--preserve-credentials',
    '--',
  ];
  const chain = [
    ...(what.entersNetwork ? enter : []),
    tools.bwrap,
    '--args',
    String(at),
    '--',
    ...what.command,
  ];
  const ids = { uid: what.uid, gid: what.gid };
  const into = `--mount=/proc/${process.pid}/fd/${what.namespace}`;
  const stage = [
    stageScript,
    'sh',
    String(what.uid),
    String(what.gid),
    ...[...what.staged].flat(),
    '--',
  ];
  const inside = what.namespace === undefined ? [] : [tools.nsenter, into, '--'];
  const isStaged = what.staged.size > 0;
  const staged = [
    ...inside,
    tools.unshare,
    '--mount',
    '--propagation',
    'private',
    tools.sh,
    '-c',
    ...stage,
    ...chain,
  ];
  // A given gid takes away the other groups too (nsenter(1), --setgid; libuv, uv_spawn).
  const entered = [
    tools.nsenter,
    into,
    `--setgid=${what.gid}`,
    `--setuid=${what.uid}`,
    '--',
    ...chain,
  ];
  const [program = '', ...args] = isStaged
    ? staged
    : what.namespace === undefined
      ? chain
      : entered;
  const other = process.getuid?.() === 0 && !isStaged && what.namespace === undefined ? ids : {};
  try {
    return spawn(program, args, { env: {}, cwd: '/', stdio, ...other });
  } finally {
    fs.closeSync(options);
    fs.closeSync(nothing);
  }
}

function put(
  stdio: (number | 'pipe' | 'ignore')[],
  number: number,
  descriptor: number | 'pipe',
): void {
  while (stdio.length < number) stdio.push('ignore');
  stdio[number] = descriptor;
}

// What the runner itself was started with and never closed would go through to the skill. Node
// closes on exec whatever it opens later, and the prelude refuses to start over any other.
const inherited = (fs.existsSync('/proc/self/fdinfo') ? fs.readdirSync('/proc/self/fdinfo') : [])
  .map(Number)
  .filter(
    (number) => number > 2 && fs.existsSync(`/proc/self/fdinfo/${number}`) && !closesOnExec(number),
  );

// proc(5), fdinfo: flags, O_CLOEXEC.
function closesOnExec(number: number): boolean {
  const [, flags = '0'] =
    /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${number}`, 'latin1')) ?? [];
  return (Number.parseInt(flags, 8) & 0o2_000_000) !== 0;
}

/**
 * Bytes as an open descriptor of a file that has no name any more: nobody else can change or find
 * them.
 */
export function openData(runFolder: string, bytes: Uint8Array): number {
  const path = `${runFolder}/data`;
  const descriptor = fs.openSync(path, 'wx+', 0o600);
  fs.unlinkSync(path);
  // At a place (pwrite), so that whoever reads begins at the first byte.
  for (let at = 0; at < bytes.length; )
    at += fs.writeSync(descriptor, bytes, at, bytes.length - at, at);
  return descriptor;
}

/** Folders of libraries on this host. Program files among them are on no PATH. */
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

/** @throws Problem `sandbox-missing` with the line that installs what is missing */
export function refuseMissingTools(): void {
  const missing = Object.values(tools).filter((path) => !isProgram(path));
  if (missing.length === 0) return;
  throw new Problem('sandbox-missing', `The sandbox needs ${missing.join(', ')}`, {
    hint: 'apt-get install bubblewrap socat util-linux',
  });
}

function isProgram(path: string): boolean {
  const { mode = 0 } = fs.statSync(path, { throwIfNoEntry: false }) ?? {};
  return (mode & 0o111) !== 0;
}
