/** Judges what a run leaves in a folder that it may write to: what could act on the host, or lead out, does not stay. */
import * as fs from 'node:fs';
import { posix } from 'node:path';
import { isProtectedName, makesRepository } from '../../skills-index/run/protected-names.ts';
import type { Entry } from './protected-paths.ts';
import { bytesOf, type Met, textOf } from './walk-folder.ts';

/** Why an entry must go; undefined when it may stay. What was there before the run and is untouched stays; of what is new, nothing that could act on the host. */
export function whyRemoved(root: string, { path, name, stats, link, siblings }: Met, old: Entry | undefined): string | undefined {
  if (old === undefined && isProtectedName(textOf(name))) return 'hosts or agents obey it';
  if (old === undefined && makesRepository(name, siblings)) return 'it makes the folder a repository that git obeys';
  if (stats.isFile() || stats.isDirectory() || isUntouched(stats, old)) return undefined;
  if (link === undefined) return 'a socket, a pipe or a device';
  return staysInside(root, path, link) ? undefined : 'a link that leaves the folder';
}

/** Whether it is what it was before the run. */
export function isUntouched({ ctimeMs, ino }: fs.Stats, old: Entry | undefined): boolean {
  return old?.inode === ino && old.changed === ctimeMs;
}

/**
 * Whether a link leads to what is in the folder, or would, if something were there. Leading dots are counted from a folder that is no
 * link; dots further on could climb out.
 */
export function staysInside(root: string, path: string, link: string, hops = 40): boolean {
  const target = posix.join(posix.dirname(path), link);
  if (link.startsWith('/') || posix.normalize(link) !== link || target === '..' || target.startsWith('../')) return false;
  const parts = target.split('/');
  try {
    for (const end of parts.keys()) {
      const one = parts.slice(0, end + 1).join('/');
      const found = fs.lstatSync(bytesOf(`${root}/${one}`), { throwIfNoEntry: false });
      if (found === undefined) return true;
      if (!found.isSymbolicLink()) continue;
      const on = [fs.readlinkSync(bytesOf(`${root}/${one}`), 'latin1'), ...parts.slice(end + 1)].join('/');
      return hops > 0 && staysInside(root, one, on, hops - 1);
    }
    return true;
  } catch {
    return false;
  }
}
