/**
 * The isolation of a scanning child: the command line that starts it, and its name in statements.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { childThreadsMax } from '../limits.ts';
import { scanFlags } from '../scan-flags.ts';

export interface Isolation {
  /** Its name in signed statements. */
  readonly name: string;
  /** Whether a child has no network. */
  readonly isSealed: boolean;
  /** Program and arguments; the last is the child's entry file. */
  readonly argv: readonly [string, ...string[]];
}

export interface ChildFiles {
  /** The node program. */
  readonly node: string;
  /** The child's entry file. */
  readonly entry: string;
  /** Folders and files that the child must read: code and packages. */
  readonly read: readonly string[];
}

/** The child’s code, located from its entry file, `scanner/worker/scan-child.ts`. */
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

/**
 * Node with a child's limits. Its permission model is a second barrier behind bubblewrap, and the
 * first without it: no writes, no processes, no addons.
 */
export function nodeArgv({ node, entry, read }: ChildFiles): [string, ...string[]] {
  return [
    node,
    ...scanFlags,
    '--permission',
    ...read.map((path) => `--allow-fs-read=${path}`),
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    entry,
  ];
}

// No core file with a skill in it, no written file, few descriptors. Node limits the memory: an
// address-space limit kills V8.
const limits = ['ulimit -c 0; ulimit -f 0; ulimit -n 256; exec "$@"', 'sh'];

/**
 * The user of a child: `nobody` instead of a worker's root, `root` when nobody cannot read the
 * code, `worker` for a worker that is not root. None of them has a capability or can get one back.
 */
export type ChildUser = 'nobody' | 'root' | 'worker';

const tools = { setpriv: '/usr/bin/setpriv', prlimit: '/usr/bin/prlimit' };
// Ambient capabilities come from a service manager, such as the one for port 443.
const withoutAmbient = [tools.setpriv, '--inh-caps=-all', '--ambient-caps=-all'];
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
  // A process without capabilities cannot change the bounding set, and with no new privileges the
  // set does not matter.
  worker: [...withoutAmbient, '--no-new-privs'],
};

/** The users that children can run as here, the best first. */
export function childUsers(): readonly ChildUser[] {
  return process.getuid?.() === 0 ? ['nobody', 'root'] : ['worker'];
}

/** Without bubblewrap: process limits only. */
export function rlimitsOnly(
  files: ChildFiles,
  user: ChildUser = childUsers()[0] ?? 'worker',
): Isolation {
  const drop = existsSync(tools.setpriv) && existsSync(tools.prlimit) ? drops[user] : undefined;
  return {
    name: `rlimits and node permissions only, network open, ${drop === undefined ? 'with the rights of its worker' : userLabels[user]}`,
    isSealed: false,
    argv: ['/bin/sh', '-c', ...limits, ...(drop ?? []), ...nodeArgv(files)],
  };
}

const userLabels: Readonly<Record<ChildUser, string>> = {
  nobody: 'as nobody without capabilities',
  root: 'as root without capabilities',
  worker: 'as its worker\u2019s user',
};

// No network, no other processes, no shared memory. Switching to nobody needs a user namespace that
// contains nobody, and three capabilities, which root has.
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

/**
 * With bubblewrap: no network, no environment, nothing writable, nothing readable but the code.
 */
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
    // Bubblewrap creates missing folders for root only.
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
  // Bubblewrap refuses to start with a capability, unless its user is root.
  const before = user === 'worker' && existsSync(tools.setpriv) ? withoutAmbient : [];
  // Bubblewrap itself drops all capabilities of a process that keeps its user.
  const drop = user === 'nobody' ? drops.nobody : [];
  return {
    name: `bubblewrap ${userLabels[user]}: no network, read-only, empty environment; rlimits and node permissions`,
    isSealed: true,
    argv: ['/bin/sh', '-c', ...limits, ...before, bwrap, ...argv, ...drop, ...nodeArgv(files)],
  };
}

function foldersAbove(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths)
    for (let at = dirname(path); at !== dirname(at); at = dirname(at)) found.add(at);
  return [...found].sort();
}
