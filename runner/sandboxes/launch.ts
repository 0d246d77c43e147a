/** Starts bubblewrap: with an empty environment, as the run's uid, with descriptors instead of paths where it matters. */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Library } from './bubblewrap-arguments.ts';

/** Where the started chain finds descriptors; those below 10 are closed by the shell in the sandbox before the command starts. */
export const descriptorAt = { firstPin: 3, network: 7, user: 8, shell: 9, info: 10, firstData: 11 } as const;

/** The programs of this host that start a sandbox: only where the system installed them, whatever PATH says. */
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
  /** As root: what is bound below the stage, by name, so that the run's uid reaches it. */
  readonly staged: ReadonlyMap<string, string>;
  /** A file that a process writes its pid to, to belong to the run's control group. */
  readonly group: string | undefined;
}

// As root: in a mount namespace of its own, bind what the run's uid cannot reach, join the control group, drop every right, go on.
const stageScript = `set -eu
stage=$1 uid=$2 gid=$3 group=$4; shift 4
[ -z "$group" ] || echo $$ > "$group"
/bin/mount -t tmpfs -o mode=0755,size=64k stage "$stage"
while [ "$1" != -- ]; do
  if [ -d "$2" ]; then /bin/mkdir "$stage/$1"; else : > "$stage/$1"; fi
  /bin/mount --bind "$2" "$stage/$1"
  shift 2
done
shift; unset PWD OLDPWD
exec ${tools.setpriv} --reuid "$uid" --regid "$gid" --clear-groups -- "$@"`;

/** Where a path is reached by the run's uid; a runner that is root adds it to `staged`. What the system installed can be reached by anybody. */
export function reach(staged: Map<string, string>, runFolder: string, name: string, path: string): string {
  if (process.getuid?.() !== 0 || path.startsWith('/usr/')) return path;
  staged.set(name, path);
  return `${runFolder}/stage/${name}`;
}

export function launch(what: Launch): ChildProcess {
  const nothing = fs.openSync('/dev/null', 'r');
  const options = openData(what.runFolder, Buffer.from(what.bubblewrapArguments.map((one) => `${one}\0`).join('')));
  const stdio: (number | 'pipe' | 'ignore')[] = ['pipe', 'pipe', 'pipe'];
  for (const [number, descriptor] of what.descriptors) put(stdio, number, descriptor);
  const at = Math.max(stdio.length, descriptorAt.firstData);
  put(stdio, at, options);
  for (const number of inheritable()) if ((stdio[number] ?? 'ignore') === 'ignore') put(stdio, number, nothing);
  const { user, network } = descriptorAt;
  const enter = [tools.nsenter, `--user=/proc/self/fd/${user}`, `--net=/proc/self/fd/${network}`, '--preserve-credentials', '--'];
  const chain = [...(what.entersNetwork ? enter : []), tools.bwrap, '--args', String(at), '--', ...what.command];
  const stage = [stageScript, 'sh', `${what.runFolder}/stage`, String(what.uid), String(what.gid), what.group ?? ''];
  const ownMounts = [tools.unshare, '--mount', '--propagation', 'private', tools.sh, '-c'];
  const asRoot = [...ownMounts, ...stage, ...[...what.staged].flat(), '--'];
  const [program = '', ...args] = process.getuid?.() === 0 ? [...asRoot, ...chain] : chain;
  try {
    return spawn(program, args, { env: {}, cwd: '/', stdio });
  } finally {
    fs.closeSync(options);
    fs.closeSync(nothing);
  }
}

function put(stdio: (number | 'pipe' | 'ignore')[], number: number, descriptor: number | 'pipe'): void {
  while (stdio.length < number) stdio.push('ignore');
  stdio[number] = descriptor;
}

// What the runner itself was started with and never closed would go through to the skill (proc(5), fdinfo: flags, O_CLOEXEC).
function inheritable(): number[] {
  const numbers = fs.readdirSync('/proc/self/fdinfo').map(Number);
  return numbers.filter((number) => number > 2 && fs.existsSync(`/proc/self/fdinfo/${number}`) && !closesOnExec(number));
}

function closesOnExec(number: number): boolean {
  const [, flags = '0'] = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${number}`, 'latin1')) ?? [];
  return (Number.parseInt(flags, 8) & 0o2_000_000) !== 0;
}

/** Bytes as an open descriptor of a file that has no name any more: nobody else can change or find them. */
export function openData(runFolder: string, bytes: Uint8Array): number {
  const path = `${runFolder}/data`;
  fs.writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' });
  const descriptor = fs.openSync(path, 'r');
  fs.unlinkSync(path);
  return descriptor;
}

/** Folders of libraries on this host. Program files among them are on no PATH. */
export function readLibraries(): Library[] {
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const paths = [`/usr/lib/${triplet}`, '/usr/lib64', '/lib', '/lib64'].filter((path) => fs.existsSync(path));
  return paths.map((path) => (fs.lstatSync(path).isSymbolicLink() ? { path, link: fs.readlinkSync(path) } : { path }));
}

/** @throws Problem `sandbox-missing` with the line that installs what is missing */
export function refuseMissingTools(): void {
  const missing = Object.values(tools).filter((path) => !fs.existsSync(path));
  if (missing.length === 0) return;
  throw new Problem('sandbox-missing', `The sandbox needs ${missing.join(', ')}`, {
    hint: 'apt-get install bubblewrap socat util-linux',
  });
}
