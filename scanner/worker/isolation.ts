/** What holds a scanning child: the command line that starts it, and how statements name it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { childMemoryMiB, childThreadsMax, scanStackKiB } from '../limits.ts';

export interface Isolation {
  /** As signed statements name it. */
  readonly name: string;
  /** Program and arguments; the child's entry is the last one. */
  readonly argv: readonly [string, ...string[]];
}

export interface ChildFiles {
  /** The node program. */
  readonly node: string;
  /** The child's entry file. */
  readonly entry: string;
  /** Folders and files that it must read: code and packages. */
  readonly read: readonly string[];
}

/** Where the child’s code lies, seen from its entry file, `scanner/worker/scan-child.ts`. */
export function childFiles(node: string, entry: string): ChildFiles {
  const root = dirname(dirname(dirname(entry)));
  const packages: string[] = [];
  for (let at = root; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules'))) packages.push(join(at, 'node_modules'));
    if (at === dirname(at)) break;
  }
  const own = ['scanner', 'skills-index', 'package.json'].map((name) => join(root, name));
  const above = join(dirname(root), 'package.json');
  return { node, entry, read: [...own, above, ...packages].filter((path) => existsSync(path)) };
}

// The permission model is a second wall behind bubblewrap, and the first one where there is none:
// no writing, no processes, no addons.
function nodeArgv({ node, entry, read }: ChildFiles): [string, ...string[]] {
  return [
    node,
    `--max-old-space-size=${childMemoryMiB}`,
    `--stack-size=${scanStackKiB}`,
    '--permission',
    ...read.map((path) => `--allow-fs-read=${path}`),
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    entry,
  ];
}

// No core file with somebody's skill in it, no file written, few descriptors. Memory is held by
// node: an address-space limit kills V8.
const limits = ['ulimit -c 0; ulimit -f 0; ulimit -n 256; exec "$@"', 'sh'];

/**
 * Whom a child runs as: `nobody` instead of the root that its worker is, `root` where nobody cannot
 * read the code, `worker` for one that is not root. None of them has a capability, and none gets
 * one back.
 */
export type ChildUser = 'nobody' | 'root' | 'worker';

const tools = { setpriv: '/usr/bin/setpriv', prlimit: '/usr/bin/prlimit' };
const bounded = ['--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'];
const drops: Readonly<Record<ChildUser, readonly string[]>> = {
  nobody: [
    tools.prlimit,
    `--nproc=${childThreadsMax}:${childThreadsMax}`,
    tools.setpriv,
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    ...bounded,
  ],
  root: [tools.setpriv, ...bounded],
  // Who has no capability cannot change the bounding set, and with no new privileges it does not
  // matter.
  worker: [tools.setpriv, '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs'],
};

/** Whom children can run as here, the best first. */
export function childUsers(): readonly ChildUser[] {
  return process.getuid?.() === 0 ? ['nobody', 'root'] : ['worker'];
}

/** Without bubblewrap: limits of the process only. */
export function rlimitsOnly(
  files: ChildFiles,
  user: ChildUser = childUsers()[0] ?? 'worker',
): Isolation {
  const drop = existsSync(tools.setpriv) && existsSync(tools.prlimit) ? drops[user] : undefined;
  return {
    name: `rlimits and node permissions only, network open, ${drop === undefined ? 'with the rights of its worker' : userLabels[user]}`,
    argv: ['/bin/sh', '-c', ...limits, ...(drop ?? []), ...nodeArgv(files)],
  };
}

const userLabels: Readonly<Record<ChildUser, string>> = {
  nobody: 'as nobody without capabilities',
  root: 'as root without capabilities',
  worker: 'as its worker\u2019s user',
};

// No network, no other processes, no shared memory. To become nobody takes the namespace of users
// that nobody is in, and three capabilities, which go with root.
const sealed: Readonly<Record<ChildUser, readonly string[]>> = {
  nobody: [
    ...'--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try --cap-drop ALL'.split(
      ' ',
    ),
    ...'--cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP'.split(' '),
  ],
  root: ['--unshare-all', '--cap-drop', 'ALL'],
  worker: ['--unshare-all', '--cap-drop', 'ALL'],
};

/** With bubblewrap: no network, no environment, nothing to write, nothing to read but the code. */
export function bubblewrapped(files: ChildFiles, bwrap: string, user: ChildUser): Isolation {
  const system = [
    '/usr',
    '/lib',
    '/lib64',
    '/lib32',
    '/bin',
    '/sbin',
    '/etc/ld.so.cache',
    '/etc/alternatives',
  ];
  const argv = [
    ...sealed[user],
    '--die-with-parent', // never outlives the worker
    '--new-session', // cannot push keys into the worker's terminal
    '--clearenv', // no secrets of the worker's environment
    // Bubblewrap makes missing folders for root alone.
    ...foldersAbove([...system, files.node, ...files.read]).flatMap((path) => [
      '--perms',
      '0755',
      '--dir',
      path,
    ]),
    ...system.flatMap((path) => ['--ro-bind-try', path, path]),
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...[files.node, ...files.read].flatMap((path) => ['--ro-bind', path, path]),
    '--remount-ro',
    '/',
    '--chdir',
    '/',
    '--',
  ];
  // Bubblewrap takes all capabilities itself, and gives none back, from who stays who they are.
  const drop = user === 'nobody' ? drops.nobody : [];
  return {
    name: `bubblewrap ${userLabels[user]}: no network, read-only, empty environment; rlimits and node permissions`,
    argv: ['/bin/sh', '-c', ...limits, bwrap, ...argv, ...drop, ...nodeArgv(files)],
  };
}

function foldersAbove(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths)
    for (let at = dirname(path); at !== dirname(at); at = dirname(at)) found.add(at);
  return [...found].sort();
}
