/**
 * What there is on this host: the folders that host policy names, opened once, and the programs a
 * sandbox may get.
 */

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { HostFacts, WorkspaceFact } from '../../skills-index/run/plan/plan-input.ts';

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
  readonly programs: readonly string[];
  /** Folders that hold policy, keys, logs and verified files. */
  readonly ownFolders: readonly string[];
}

/** Opens and judges. The caller closes. */
export function openHost({
  hostPolicy,
  workspaces: wanted,
  programs,
  ownFolders,
}: HostQuestion): OpenedHost {
  const folders = new Map<string, number>();
  const workspaces: Record<string, WorkspaceFact> = {};
  for (const name of wanted.filter((one) => Object.hasOwn(hostPolicy.workspaces, one))) {
    const { fact, descriptor } = openFolder(hostPolicy.workspaces[name] ?? '', ownFolders);
    workspaces[name] = fact;
    if (descriptor !== undefined) folders.set(name, descriptor);
  }
  const found = programs.map((program) => [program, findProgram(program)] as const);
  return {
    facts: {
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      workspaces,
      programs: Object.fromEntries(
        found.filter((pair): pair is [string, string] => pair[1] !== undefined),
      ),
    },
    folders,
    close: () => folders.forEach((descriptor) => void closeSync(descriptor)),
  };
}

// open(2) with O_PATH: a handle on the folder itself, which a later rename or link cannot redirect.
// Not in node:fs constants.
const openPathOnly = 0o10_000_000;

function openFolder(
  path: string,
  ownFolders: readonly string[],
): { readonly fact: WorkspaceFact; readonly descriptor?: number } {
  try {
    const descriptor = openSync(path, openPathOnly | constants.O_DIRECTORY);
    const real = realpathSync(`/proc/self/fd/${descriptor}`);
    const { uid, gid, dev, ino } = fstatSync(descriptor);
    const why = whyNotMountable(real, ownFolders);
    return {
      fact: why === undefined ? { path: real, uid, gid, id: `${dev}:${ino}` } : { why },
      descriptor,
    };
  } catch (cause) {
    return { fact: { why: (cause as Error).message } };
  }
}

// A mount of these, or of what holds them, would be a way out of any sandbox.
const systemFolders =
  '/bin /boot /dev /etc /lib /lib64 /proc /run /sbin /sys /usr /var/run /var/lib/docker'.split(' ');

/** Why a folder must never be seen by a skill; undefined when it may. */
export function whyNotMountable(real: string, ownFolders: readonly string[]): string | undefined {
  const within = (inner: string, outer: string): boolean =>
    inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
  const overlaps = (folder: string): boolean => within(real, folder) || within(folder, real);
  const own = ownFolders.map(nearestReal).find(overlaps);
  if (own !== undefined)
    return `${real} would show the skill ${own}, where policy, keys and logs lie`;
  return systemFolders.some(overlaps) ? `${real} is a part of the system` : undefined;
}

// A folder that is not there yet is judged by the nearest one above it that is.
function nearestReal(path: string): string {
  let at = path;
  while (!existsSync(at)) at = dirname(at);
  return realpathSync(at) + path.slice(at === '/' ? 0 : at.length);
}

/** Only what the system installed counts, whatever PATH says; node is the runner's own. */
export function findProgram(program: string): string | undefined {
  if (program === 'node') return realpathSync(process.execPath);
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(program)) return undefined;
  const path = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
    .map((folder) => `${folder}/${program}`)
    .find((one) => existsSync(one));
  if (path === undefined) return undefined;
  const { mode, uid } = statSync(path);
  return (mode & 0o111) !== 0 && (mode & 0o6000) === 0 && uid === 0
    ? realpathSync(path)
    : undefined;
}
