/**
 * Walks a folder by descriptor, so that no rename or link leads out of the folder. File names are
 * bytes. In the code a file name is Latin-1 text with one character for each byte, whatever the
 * name's encoding.
 */
import * as fs from 'node:fs';
import { posix } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { requireOwner } from './ownership.ts';

/**
 * Depth of folders in a workspace. The walk through a workspace keeps one descriptor open for each
 * level of folders.
 */
export const foldersDeepMax = 100;

/** Milliseconds for which the work at a run's end may block the runner's timers and connections. */
const workMillisMax = 10;

/** One entry of the walked folder. */
export interface VisitedEntry {
  readonly path: string;
  readonly name: string;
  /** A path to the entry through the descriptor of the entry's parent folder. */
  readonly at: Buffer;
  readonly stats: fs.Stats;
  /** The target of a symbolic link; undefined for other entries. */
  readonly link: string | undefined;
  /** The names of all entries in the entry's parent folder. */
  readonly siblings: ReadonlySet<string>;
}

export interface Visitor {
  /** Whether the walk restores the owner's rights on folders, which a run may have removed. */
  readonly restoresRights: boolean;
  /**
   * Called for each entry. Returns whether the walk enters the entry when the entry is a folder.
   */
  readonly visit: (entry: VisitedEntry) => boolean | Promise<boolean>;
  /** Called for an entry that the walk could not read. The walk goes on unless `fail` throws. */
  readonly fail: (path: string, cause: unknown) => void;
}

/**
 * O_PATH of open(2), which the constants of node:fs lack. Such a handle refers to the entry itself,
 * needs no right to read the entry, and survives every later rename.
 */
export const handleOnly = 0o10_000_000;

/** Flags for a handle on an entry itself, without following links. */
export const pathOnly = handleOnly | fs.constants.O_NOFOLLOW;

/** Flags for a handle on a folder. */
export const folderOnly = handleOnly | fs.constants.O_DIRECTORY;

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Returns the path of bytes, as Latin-1 text, for a UTF-8 path: the inverse of `textOf`. */
export function latinOf(path: string): string {
  return Buffer.from(path).toString('latin1');
}

/** Decodes a path of bytes as UTF-8, for people. */
export function textOf(path: string): string {
  return bytesOf(path).toString('utf8');
}

/**
 * Runs `act` on a path through the descriptor of the path's parent folder. No folder on the way may
 * be a link.
 * @param owners users to whom the folders on the way may belong
 * @throws ForeignEntry when a folder on the way belongs to another user
 */
export function withParent<Result>(
  root: string,
  path: string,
  owners: Owners,
  act: (at: Buffer) => Result,
): Result {
  const [first = '', ...rest] = path.split('/');
  if (rest.length === 0) return act(bytesOf(`${root}/${first}`));
  return withHandle(bytesOf(`${root}/${first}`), (self, stats) => {
    if (!stats.isDirectory())
      throw Object.assign(new Error(`${first} is not a folder`), { code: 'ENOTDIR' });
    requireOwner(owners, stats);
    return withParent(self, rest.join('/'), owners, act);
  });
}

/**
 * Works as `withParent`, but returns undefined when the entry or a folder on the way no longer
 * exists.
 */
export function withParentIfThere<Result>(
  ...[root, path, owners, act]: Parameters<typeof withParent<Result>>
): Result | undefined {
  try {
    return withParent(root, path, owners, act);
  } catch (cause) {
    if (!isGone(cause)) throw cause;
    return undefined;
  }
}

/**
 * Whether a call of the file system failed because an entry, or a folder above the entry, does not
 * exist.
 */
export function isGone(cause: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
}

/** Opens an entry without following links, runs `act` on the handle, and closes the handle. */
export function withHandle<Result>(
  at: Buffer | string,
  act: (self: string, stats: fs.Stats) => Result,
): Result {
  const descriptor = fs.openSync(at, pathOnly);
  try {
    return act(`/proc/self/fd/${descriptor}`, fs.fstatSync(descriptor));
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Walks a folder and everything in it.
 * @param root path of an opened folder, such as `/proc/self/fd/N`
 */
export async function walkFolder(root: string, visitor: Visitor): Promise<void> {
  await walkOpen({ self: root, path: '', depth: 0 }, visitor, takeTurns());
}

interface OpenFolder {
  readonly self: string;
  readonly path: string;
  readonly depth: number;
}

async function walkOpen(
  { self, path, depth }: OpenFolder,
  visitor: Visitor,
  turn: () => Promise<void>,
): Promise<void> {
  if (visitor.restoresRights) restoreRights(self);
  const siblings = new Set(fs.readdirSync(`${self}/`, 'latin1'));
  for (const name of siblings) {
    await turn();
    const at = bytesOf(`${self}/${name}`);
    const inside = posix.join(path, name);
    try {
      const stats = fs.lstatSync(at);
      const link = stats.isSymbolicLink() ? fs.readlinkSync(at, 'latin1') : undefined;
      if (depth >= foldersDeepMax && stats.isDirectory())
        throw new Problem(
          'plan-refused',
          `Cannot walk the folder: an inner folder lies more than ${foldersDeepMax} levels deep`,
        );
      if (
        !(await visitor.visit({ path: inside, name, at, stats, link, siblings })) ||
        !stats.isDirectory()
      )
        continue;
      const inner = fs.openSync(at, pathOnly);
      try {
        const below = { self: `/proc/self/fd/${inner}`, path: inside, depth: depth + 1 };
        if (fs.fstatSync(inner).isDirectory()) await walkOpen(below, visitor, turn);
      } finally {
        fs.closeSync(inner);
      }
    } catch (cause) {
      visitor.fail(inside, cause);
    }
  }
}

// Restores the owner's right to list and enter a folder, which a run may have removed.
function restoreRights(self: string): void {
  const { mode, uid } = fs.statSync(self);
  if ((mode & 0o500) !== 0o500 && [0, uid].includes(process.getuid?.() ?? uid))
    fs.chmodSync(self, (mode & 0o1777) | 0o500);
}

// Splits long work into pieces, so that timers and connections of the same process run between the
// pieces. One of the timers checks for a revocation.

/** Returns a function to await between two steps of the work. */
export function takeTurns(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < workMillisMax) return;
    await setImmediate();
    began = performance.now();
  };
}
