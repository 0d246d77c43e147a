/** Reads what a folder contains: every entry, its shelves, and where links lead. */
import * as fs from 'node:fs';
import { posix } from 'node:path';
import {
  type Entry,
  type EntryAt,
  type Shelves,
  shelvesOf,
} from '../../skills-index/run/changes/left-behind.ts';
import type { FurtherNames } from '../../skills-index/run/changes/protected-names.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { bytesOf, latinOf, type VisitedEntry, walkFolder } from '../files/walk-folder.ts';

/** Steps that the runner takes to resolve all symbolic links of one run. */
const linkLooksMax = 200_000;

const workspaceEntriesMax = 500_000;

/** An entry of a folder before the run. */
export interface EntryBefore extends Entry {
  readonly mode: number;
  readonly inode: number;
  /**
   * The time of the entry's last change of any kind (ctime), in milliseconds. No run can set this
   * time.
   */
  readonly changed: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Reads every entry of a folder, by path.
 * @param folder the name of the folder for messages
 * @param kept paths that are read as absent
 * @throws Problem `plan-refused` when the folder has too many entries, or cannot be read
 */
export async function readTree(
  root: string,
  folder: string,
  kept: ReadonlySet<string> = new Set(),
): Promise<Map<string, EntryBefore>> {
  const before = new Map<string, EntryBefore>();
  const visit = ({ path, stats, link }: VisitedEntry): boolean => {
    if (kept.has(path)) return false;
    const { mode, uid, gid, ino: inode, ctimeMs: changed } = stats;
    before.set(path, {
      mode,
      uid,
      gid,
      inode,
      changed,
      ...(link === undefined ? {} : { link }),
    });
    if (before.size <= workspaceEntriesMax) return true;
    throw new Problem(
      'plan-refused',
      `Cannot mount ${folder} for writing: it has more than ${workspaceEntriesMax} entries`,
    );
  };
  const fail = (path: string, cause: unknown): void => {
    if (cause instanceof Problem) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    // Skip folders that another user closed. A runner that is not root shares its uid with the run,
    // so the run cannot enter such folders either.
    if (code === 'EACCES' && fs.lstatSync(bytesOf(`${root}/${path}`)).uid !== process.getuid?.())
      return;
    throw new Problem('plan-refused', `Cannot mount ${folder} for writing: ${message}`, {
      cause,
    });
  };
  await walkFolder(root, { restoresRights: false, visit, fail });
  return before;
}

/**
 * Returns a link's target when the target lies in the folder: whoever obeys the link obeys the
 * target.
 */
export function leadsTo(root: string, path: string): string | undefined {
  try {
    const target = posix.relative(
      fs.realpathSync(root),
      fs.realpathSync(bytesOf(`${root}/${path}`)),
    );
    return target === '' || target.startsWith('..') ? undefined : latinOf(target);
  } catch {
    return undefined;
  }
}

/**
 * The shelves of a folder in its present state.
 * @throws Problem `plan-refused` when the folder cannot be read
 */
export async function shelvesAt(root: string, further: FurtherNames): Promise<Shelves> {
  const before = await readTree(root, fs.realpathSync(root));
  return shelvesOf(before, (link) => leadsTo(root, link), further);
}

/**
 * Reads the kind of paths in a folder without following links. The number of reads is limited,
 * because chains of links can multiply the reads.
 */
export function entryReader(root: string): EntryAt {
  let reads = 0;
  return (path) => {
    if (++reads > linkLooksMax) throw new Error('its links lead through too many other links');
    const at = bytesOf(`${root}/${path}`);
    const found = fs.lstatSync(at, { throwIfNoEntry: false });
    return found?.isSymbolicLink() ? { link: fs.readlinkSync(at, 'latin1') } : found && 'plain';
  };
}
