/** What there is on this host: the folders that host policy names, opened once, and the programs a sandbox may get. */
import { closeSync, constants, existsSync, fstatSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Interpreter } from './command.ts';
import type { HostPolicy } from './host-policy.ts';
import type { HostFacts, WorkspaceFact } from './plan.ts';

export interface OpenedHost {
  readonly facts: HostFacts;
  /** Descriptors of the folders by workspace name: what was judged is what gets mounted. */
  readonly folders: ReadonlyMap<string, number>;
  close(): void;
}

export interface HostQuestion {
  readonly hostPolicy: HostPolicy;
  /** Workspaces that the manifest names; no other is touched. */
  readonly workspaces: readonly string[];
  readonly interpreter: Interpreter | undefined;
  readonly programs: readonly string[];
  /** Folders that hold policy, keys, logs and verified files. */
  readonly ownFolders: readonly string[];
  readonly gives: readonly string[];
}

/** Opens and judges. The caller closes. */
export function openHost(question: HostQuestion): OpenedHost {
  const folders = new Map<string, number>();
  const workspaces: Record<string, WorkspaceFact> = {};
  for (const name of question.workspaces) {
    const path = Object.hasOwn(question.hostPolicy.workspaces, name) ? question.hostPolicy.workspaces[name] : undefined;
    if (path === undefined) continue;
    const opened = openFolder(path, question.ownFolders);
    workspaces[name] = opened.fact;
    if (opened.descriptor !== undefined) folders.set(name, opened.descriptor);
  }
  const wanted = question.interpreter === undefined ? question.programs : [question.interpreter, ...question.programs];
  const programs = Object.fromEntries(
    wanted.flatMap((program) => {
      const path = findProgram(program);
      return path === undefined ? [] : [[program, path] as const];
    }),
  );
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  return {
    facts: { root: uid === 0, uid, gid, workspaces, programs, gives: question.gives },
    folders,
    close: () => {
      for (const descriptor of folders.values()) closeSync(descriptor);
      folders.clear();
    },
  };
}

// open(2) with O_PATH: a handle on the folder itself, which a later rename or link cannot redirect. Not in node:fs constants.
const openPathOnly = 0o10_000_000;

function openFolder(path: string, ownFolders: readonly string[]): { readonly fact: WorkspaceFact; readonly descriptor?: number } {
  try {
    const descriptor = openSync(path, openPathOnly | constants.O_DIRECTORY);
    const real = realpathSync(`/proc/self/fd/${descriptor}`);
    const why = whyNotMountable(real, ownFolders);
    if (why !== undefined) {
      closeSync(descriptor);
      return { fact: { why } };
    }
    const { uid, gid, dev, ino } = fstatSync(descriptor);
    return { fact: { path: real, uid, gid, id: `${dev}:${ino}` }, descriptor };
  } catch (cause) {
    return { fact: { why: `${path}: ${(cause as NodeJS.ErrnoException).code ?? 'it cannot be opened'}` } };
  }
}

/** Why a folder must never be seen by a skill; undefined when it may. */
export function whyNotMountable(real: string, ownFolders: readonly string[]): string | undefined {
  const within = (inner: string, outer: string): boolean =>
    inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
  const own = ownFolders.map(nearestReal).find((folder) => within(real, folder) || within(folder, real));
  if (own !== undefined) return `${real} would show the skill ${own}, where policy, keys and logs lie`;
  const system = systemFolders.find((folder) => within(real, folder) || within(folder, real));
  return system === undefined ? undefined : `${real} is a part of the system`;
}

// A mount of these, or of what holds them, would be a way out of any sandbox.
const systemFolders = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/run',
  '/var/lib/docker',
];

// A folder that is not there yet is judged by the nearest one above it that is.
function nearestReal(path: string): string {
  let at = path;
  while (!existsSync(at) && at !== dirname(at)) at = dirname(at);
  return realpathSync(at) + path.slice(at === '/' ? 0 : at.length);
}

/** Only what the system installed counts, whatever PATH says; node is the runner's own. */
export function findProgram(program: string): string | undefined {
  if (program === 'node') return realpathSync(process.execPath);
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(program)) return undefined;
  for (const folder of ['/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
    const path = `${folder}/${program}`;
    const found = existsSync(path) ? statSync(path) : undefined;
    if (found?.isFile() && (found.mode & 0o111) !== 0 && (found.mode & 0o6000) === 0 && found.uid === 0)
      return realpathSync(path);
  }
  return undefined;
}
