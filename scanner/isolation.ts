/** What holds a scanning child: the command line that starts it, and how statements name it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { childMemoryMiB } from './limits.ts';

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

/** Where the child's code lies, seen from its entry file. */
export function childFiles(node: string, entry: string): ChildFiles {
  const root = dirname(dirname(entry));
  const packages: string[] = [];
  for (let at = root; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules'))) packages.push(join(at, 'node_modules'));
    if (at === dirname(at)) break;
  }
  const own = ['scanner', 'skills-index', 'package.json'].map((name) => join(root, name));
  const above = join(dirname(root), 'package.json');
  return { node, entry, read: [...own, above, ...packages].filter((path) => existsSync(path)) };
}

// The permission model is a second wall behind bubblewrap, and the first one where there is none: no writing, no processes, no addons.
function nodeArgv({ node, entry, read }: ChildFiles): [string, ...string[]] {
  return [
    node,
    `--max-old-space-size=${childMemoryMiB}`,
    '--permission',
    ...read.map((path) => `--allow-fs-read=${path}`),
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    entry,
  ];
}

// No core file with somebody's skill in it, no file written, few descriptors. Memory is held by node: an address-space limit kills V8.
const limits = ['ulimit -c 0; ulimit -f 0; ulimit -n 256; exec "$@"', 'sh'];

/** Without bubblewrap: limits of the process only. */
export function rlimitsOnly(files: ChildFiles): Isolation {
  return { name: 'rlimits and node permissions only', argv: ['/bin/sh', '-c', ...limits, ...nodeArgv(files)] };
}

/** With bubblewrap: no network, no environment, nothing to write, nothing to read but the code. */
export function bubblewrapped(files: ChildFiles, bwrap: string): Isolation {
  const system = ['/usr', '/lib', '/lib64', '/lib32', '/bin', '/sbin', '/etc/ld.so.cache', '/etc/alternatives'];
  const argv = [
    '--unshare-all', // no network, no other processes, no shared memory
    '--die-with-parent', // never outlives the worker
    '--new-session', // cannot push keys into the worker's terminal
    '--clearenv', // no secrets of the worker's environment
    '--cap-drop',
    'ALL',
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
  return {
    name: 'bubblewrap: no network, read-only, empty environment; rlimits and node permissions',
    argv: ['/bin/sh', '-c', ...limits, bwrap, ...argv, ...nodeArgv(files)],
  };
}
