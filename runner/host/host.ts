/**
 * The facts about this host that a plan needs: the opened folders that host policy names, and the
 * programs that a sandbox may get.
 */

import { closeSync, existsSync, fstatSync, openSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { HostFacts, WorkspaceFact } from '../../skills-index/run/plan/plan-input.ts';
import { folderOnly } from '../files/walk-folder.ts';

export interface OpenedHost {
  readonly facts: Omit<HostFacts, 'base'>;
  /**
   * Descriptors of the folders by workspace name. A mount by descriptor mounts the very folder that
   * the runner judged.
   */
  readonly folders: ReadonlyMap<string, number>;
  close(): void;
}

export interface HostRequest {
  readonly hostPolicy: HostPolicy;
  /** Workspaces that the manifest names. The runner opens no other folder. */
  readonly workspaces: readonly string[];
  readonly programs: readonly string[];
  /** Skillgate's own folders with policy, keys, logs and verified files; no run may mount them. */
  readonly ownFolders: readonly string[];
}

/**
 * Opens the folders of the workspaces and judges whether a run may mount them. The caller closes
 * the result.
 */
export function openHost({
  hostPolicy,
  workspaces: wanted,
  programs,
  ownFolders,
}: HostRequest): OpenedHost {
  const folders = new Map<string, number>();
  const workspaces: Record<string, WorkspaceFact> = {};
  for (const name of wanted.filter((workspace) =>
    Object.hasOwn(hostPolicy.workspaces, workspace),
  )) {
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

function openFolder(
  path: string,
  ownFolders: readonly string[],
): { readonly fact: WorkspaceFact; readonly descriptor?: number } {
  try {
    const descriptor = openSync(path, folderOnly);
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

// A mount that overlaps one of these folders would let a skill out of its sandbox.
const systemFolders =
  '/bin /boot /dev /etc /lib /lib64 /proc /run /sbin /sys /usr /var/run /var/lib/docker'.split(' ');

/** Returns why no skill may see this folder; undefined when a skill may see the folder. */
export function whyNotMountable(real: string, ownFolders: readonly string[]): string | undefined {
  const within = (inner: string, outer: string): boolean =>
    inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
  const overlaps = (folder: string): boolean => within(real, folder) || within(folder, real);
  const own = ownFolders.map(nearestReal).find(overlaps);
  if (own !== undefined)
    return `${real} overlaps ${own}, where Skillgate keeps policy, keys and logs`;
  if (real === '/root') return `${real} is the home folder of root, which holds keys`;
  return systemFolders.some(overlaps) ? `${real} overlaps a folder of the system` : undefined;
}

// Resolves the links in the existing part of a path; the missing rest of the path stays as written.
function nearestReal(path: string): string {
  let at = path;
  while (!existsSync(at)) at = dirname(at);
  return realpathSync(at) + path.slice(at === '/' ? 0 : at.length);
}

/**
 * Finds a program of the system. The search ignores PATH, since a user controls PATH. The program
 * `node` is the Node that runs Skillgate.
 */
export function findProgram(program: string): string | undefined {
  if (program === 'node') return realpathSync(process.execPath);
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(program)) return undefined;
  const path = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
    .map((folder) => `${folder}/${program}`)
    .find(existsSync);
  if (path === undefined) return undefined;
  const { mode, uid } = statSync(path);
  return (mode & 0o111) !== 0 && (mode & 0o6022) === 0 && uid === 0
    ? realpathSync.native(path)
    : undefined;
}
