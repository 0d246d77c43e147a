/** Starts bubblewrap: with an empty environment, as the run's uid, with descriptors instead of paths where it matters. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Library } from './bubblewrap-arguments.ts';

/** Descriptors that the started chain finds; those below 10 are closed by the shell in the sandbox before the command starts. */
export const descriptorAt = { firstPin: 3, network: 7, user: 8, shell: 9, firstData: 10 } as const;

export interface Launch {
  /** What bubblewrap is to do, without the command. */
  readonly bubblewrapArguments: readonly string[];
  readonly command: readonly string[];
  readonly uid: number;
  readonly gid: number;
  readonly runFolder: string;
  /** By number; what is not named is closed. */
  readonly descriptors: ReadonlyMap<number, number | 'pipe'>;
  /** Namespaces to enter first, at `descriptorAt`. */
  readonly entersNetwork: boolean;
  /** Only where the runner is root: what the run's uid could not reach by path is bound below `stage`. */
  readonly staged: readonly { readonly name: string; readonly path: string }[];
  /** A control group's file to which the run's processes belong. */
  readonly group: string | undefined;
}

export interface Tools {
  readonly bwrap: string;
  readonly socat: string;
  readonly sh: string;
  readonly nsenter: string;
  readonly unshare: string;
  readonly setpriv: string;
  readonly mount: string;
}

// As root: in a mount namespace of its own, bind what the run's uid cannot reach, join the control group, drop every right, go on.
const stageScript = `set -eu
stage=$1 uid=$2 gid=$3 group=$4 mount=$5 setpriv=$6; shift 6
[ -z "$group" ] || echo $$ > "$group"
"$mount" -t tmpfs -o mode=0755,size=64k stage "$stage"
while [ "$1" != -- ]; do
  if [ -d "$2" ]; then /bin/mkdir "$stage/$1"; else : > "$stage/$1"; fi
  "$mount" --bind "$2" "$stage/$1"
  shift 2
done
shift; unset PWD OLDPWD
exec "$setpriv" --reuid "$uid" --regid "$gid" --clear-groups -- "$@"`;

export function stageFolder(runFolder: string): string {
  return join(runFolder, 'stage');
}

export function launch(tools: Tools, what: Launch): ChildProcess {
  const nothing = openSync('/dev/null', 'r');
  const data = openData(what.runFolder, Buffer.from(what.bubblewrapArguments.map((one) => `${one}\0`).join('')));
  const at = Math.max(descriptorAt.firstData, ...[...what.descriptors.keys()].map((number) => number + 1));
  const stdio: (number | 'pipe' | 'ignore')[] = ['pipe', 'pipe', 'pipe'];
  for (let number = 3; number < at; number++) stdio.push(what.descriptors.get(number) ?? 'ignore');
  stdio.push(data);
  for (const number of inheritable()) {
    while (stdio.length < number) stdio.push('ignore');
    if (number >= stdio.length || stdio[number] === 'ignore') stdio[number] = nothing;
  }
  const enter = what.entersNetwork
    ? [
        tools.nsenter,
        `--user=/proc/self/fd/${descriptorAt.user}`,
        `--net=/proc/self/fd/${descriptorAt.network}`,
        '--preserve-credentials',
        '--',
      ]
    : [];
  const chain = [...enter, tools.bwrap, '--args', String(at), '--', ...what.command];
  const dropped =
    process.getuid?.() === 0
      ? [
          tools.unshare,
          '--mount',
          '--propagation',
          'private',
          tools.sh,
          '-c',
          stageScript,
          'sh',
          stageFolder(what.runFolder),
          String(what.uid),
          String(what.gid),
          what.group ?? '',
          tools.mount,
          tools.setpriv,
          ...what.staged.flatMap(({ name, path }) => [name, path]),
          '--',
          ...chain,
        ]
      : chain;
  const [program = '', ...args] = dropped;
  const child = spawn(program, args, { env: {}, cwd: '/', stdio });
  closeSync(data);
  closeSync(nothing);
  return child;
}

// What the runner itself was started with and never closed would go through to the skill (proc(5), fdinfo: flags, O_CLOEXEC).
function inheritable(): number[] {
  return readdirSync('/proc/self/fdinfo').flatMap((name) => {
    const info = Number(name) < 3 ? undefined : readInfo(`/proc/self/fdinfo/${name}`);
    const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info ?? '')?.[1] ?? '02000000', 8);
    return (flags & 0o2_000_000) === 0 ? [Number(name)] : [];
  });
}

function readInfo(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Bytes as an open descriptor of a file that has no name any more: nobody else can change or find them. */
export function openData(runFolder: string, bytes: Uint8Array): number {
  const path = join(runFolder, 'data');
  writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' });
  const descriptor = openSync(path, 'r');
  unlinkSync(path);
  return descriptor;
}

/** Folders of libraries on this host. Program files among them are not on any PATH. */
export function readLibraries(): Library[] {
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string] ?? '';
  return [`/usr/lib/${triplet}`, '/usr/lib64', '/lib', '/lib64'].flatMap((path): Library[] => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    return [found.isSymbolicLink() ? { path, link: readlinkSync(path) } : { path }];
  });
}

/**
 * Finds the tools, or says which line installs them.
 * @throws Problem `sandbox-missing`
 */
export function findTools(): Tools {
  const names = ['bwrap', 'socat', 'sh', 'nsenter', 'unshare', 'setpriv', 'mount'] as const;
  const found = names.map((name) => [name, [`/usr/bin/${name}`, `/bin/${name}`].find((path) => existsSync(path))] as const);
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length > 0) {
    throw new Problem('sandbox-missing', `The sandbox needs ${missing.join(', ')}`, {
      hint: 'apt-get install bubblewrap socat util-linux',
    });
  }
  return Object.fromEntries(found) as unknown as Tools;
}
