/**
 * Applies accepted changes by descriptor, so that no other process can redirect them. Each file is
 * replaced atomically.
 */
import * as fs from 'node:fs';
import { folderOf, ownersAlone } from '../../skills-index/run/changes/access-lists.ts';
import {
  type Change,
  type ChangedFolder,
  type EntryState,
  type LeftBehind,
  sameState,
} from '../../skills-index/run/changes/changes.ts';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import {
  type JudgedEntry,
  judgeLink,
  toObeyed,
} from '../../skills-index/run/changes/left-behind.ts';
import {
  type FurtherNames,
  isObeyedPath,
  obeyed,
  whyBytecodeRefused,
  whyPathRefused,
} from '../../skills-index/run/changes/protected-names.ts';
import type { HandOverRef } from '../../skills-index/run/changes/repositories.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { ForeignEntry, ownersOf } from '../files/ownership.ts';
import {
  handleOnly,
  isGone,
  latinOf,
  takeTurns,
  withHandle,
  withParent,
  withParentIfThere,
} from '../files/walk-folder.ts';
import { haveAccessList, openEntry, pathsWithAccessList } from '../mounts/access-lists.ts';
import { stateAt } from '../mounts/entry-state.ts';
import { entryReader, shelvesAt } from '../mounts/read-tree.ts';
import {
  makeFolderWritable,
  newSecret,
  type PutOptions,
  putEntry,
  setFolder,
} from './put-entry.ts';

/**
 * Applies accepted changes to one folder in which nothing conflicts.
 * @param root `/proc/self/fd/N` of the folder, which the caller keeps open
 * @param further file names that programs obey, from host policy
 * @param read reads stored bytes by digest; the bytes are verified here
 * @param judged the entry at each path when nothing conflicted
 * @param secret of this attempt; names the temporary files, so that an interrupted attempt can be
 * cleaned up
 * @returns links that were left out, with reasons
 * @throws Problem `changes-conflict`, `changes-invalid`, or an error of the host; the caller may
 * try again
 */
export async function applyChanges(
  root: string,
  { changes }: ChangedFolder,
  further: FurtherNames,
  read: PutOptions['read'],
  judged: JudgedEntries,
  secret = newSecret(),
): Promise<LeftBehind[]> {
  const turn = takeTurns();
  const owners = ownersOf(fs.statSync(root));
  const hasLinks = changes.some((change) => change.after?.kind === 'link');
  const look = entryReader(root);
  const shelves = hasLinks ? await shelvesAt(root, further) : undefined;
  const { modeFor, mustRemove } = listsByFolder();
  const act = (change: Change, how: (at: Buffer, change: Change) => void): void =>
    withParent(root, latinOf(change.path), owners, (to) => how(to, change));
  const deep = changes.toSorted((a, b) => b.path.split('/').length - a.path.split('/').length);
  const remaining = deep.filter((change) => change.after !== undefined);
  const replaced = remaining
    .filter((change) => change.before?.kind === 'file' && change.after?.kind === 'file')
    .map((change) => change.path);
  const asked = [...new Set(replaced.flatMap((path) => [path, folderOf(path)]))];
  // Read the access lists before the first deletion: if that fails, nothing has changed.
  const listed = await pathsWithAccessList(asked, (path) => openEntry(root, path, owners), turn);
  const kept = new Set(replaced.filter((path) => listed.has(path) || listed.has(folderOf(path))));
  for (const change of deep) {
    await turn();
    if (change.after?.kind !== change.before?.kind)
      ifThere(() => act(change, (at) => remove(at, change, judged)));
  }
  for (const change of remaining.toReversed()) {
    await turn();
    act(change, (to, { after, list, modified, path }) => {
      if (after === undefined) return;
      const isThere =
        after.kind === 'folder' &&
        fs.lstatSync(to, { throwIfNoEntry: false })?.isDirectory() === true;
      if (isThere) makeFolderWritable(to, after, owners);
      else
        putEntry(to, after, {
          path,
          read,
          keepList: kept.has(path),
          mustRemoveList: mustRemove(path, list),
          modeFor: modeFor(path, list),
          requireJudged: (now) => requireJudged(judged, path, now),
          modified,
          secret,
        });
    });
  }
  // Set folder modes last, because a read-only folder takes no new entries. Check links last,
  // because only now do their targets exist.
  const left: LeftBehind[] = [];
  for (const change of remaining) {
    await turn();
    act(change, (to, { after, list, path, shelf }) => {
      const judged =
        after?.kind === 'link' && shelves !== undefined
          ? judgeLink(latinOf(path), latinOf(after.to), shelves, look, further)
          : undefined;
      const why = judged && whyLinkLeft(judged, shelf === 'obeyed');
      if (why !== undefined) {
        fs.unlinkSync(to);
        left.push({ path, why });
      }
      if (after?.kind === 'folder') setFolder(to, after, owners, modeFor(path, list));
    });
  }
  return left;
}

function whyLinkLeft(judged: JudgedEntry, isNamed: boolean): string | undefined {
  if (judged.shelf === 'never') return judged.why;
  return judged.shelf === 'obeyed' && !isNamed ? toObeyed : undefined;
}

interface ListsByFolder {
  readonly modeFor: (path: string, list: Change['list']) => PutOptions['modeFor'];
  readonly mustRemove: (path: string, list: Change['list']) => PutOptions['mustRemoveList'];
}

// All new entries of a folder inherit the same access list, so read only the first of possibly
// thousands.
function listsByFolder(): ListsByFolder {
  const givesList = new Map<string, boolean>();
  const gives = (path: string, self: string): boolean => {
    const known = givesList.get(folderOf(path)) ?? hasAccessList(self);
    givesList.set(folderOf(path), known);
    return known;
  };
  return {
    // When a new entry should have inherited its folder's access list and did not, only its owner
    // may use it.
    modeFor: (path, list) => (self, mode) =>
      list !== 'folder' || gives(path, self) ? mode : ownersAlone(mode),
    mustRemove: (path, list) => (self) => list === 'none' && gives(path, self),
  };
}

function hasAccessList(self: string): boolean {
  const made = fs.openSync(self, handleOnly);
  try {
    return haveAccessList([made]).includes(true);
  } finally {
    fs.closeSync(made);
  }
}

// On a second call, the folder of this entry may be gone already.
function ifThere(act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (!isGone(cause)) throw cause;
  }
}

// An entry of another kind was replaced by an earlier call already.
function remove(at: Buffer, { before, after, path }: Change, judged: JudgedEntries): void {
  const found = fs.lstatSync(at, { throwIfNoEntry: false });
  if (found === undefined || before === undefined || kindOfEntry(found) === after?.kind) return;
  requireJudged(judged, path, found);
  if (found.isDirectory()) fs.rmdirSync(at);
  else fs.unlinkSync(at);
  judged.delete(path);
}

function kindOfEntry(stats: fs.Stats): EntryState['kind'] {
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'file';
}

// Finds conflicts between waiting changes and the present state of their folder: for all paths
// before the first change is applied, and for each path again just before its change.

/** The entry at each path when it was judged. Applying a change removes its path. */
export type JudgedEntries = Map<string, fs.Stats | undefined>;

/** Why a change or a reference cannot be applied now. */
export interface Conflict {
  readonly folder: ChangedFolder;
  readonly why: string;
  /** Absent where the whole repository is in the way. */
  readonly change?: Change;
  readonly ref?: HandOverRef;
  readonly isMoved?: boolean;
  readonly isHere?: boolean;
  readonly isGone?: boolean;
}

/**
 * Requires that each path is as the run found it or as accepted already, and that this user can
 * apply the change.
 * @param root `/proc/self/fd/N` of the folder, which the caller keeps open
 * @param further file names that programs obey, from host policy
 * @param begun whether an earlier attempt was interrupted; then its intermediate states pass as
 * well
 * @throws Problem `changes-conflict` with every path
 */
export async function requireNoConflicts(
  root: string,
  folder: ChangedFolder,
  further: FurtherNames,
  begun = false,
): Promise<JudgedEntries> {
  const { conflicts, judged } = await findConflicts(root, folder, further, begun);
  if (conflicts.length === 0) return judged;
  const what = begun
    ? 'Only the changes of an earlier attempt are applied'
    : 'No change was applied';
  throw new Problem(
    'changes-conflict',
    `${what}: ${conflicts.length} of the paths cannot be changed as the run changed them`,
    { reasons: conflicts.map(({ change, why }) => ({ message: `${change?.path}: ${why}` })) },
  );
}

/** Finds every path that is not as the run found it, or that this user cannot change. */
export async function findConflicts(
  root: string,
  folder: ChangedFolder,
  further: FurtherNames,
  begun: boolean,
): Promise<{ readonly conflicts: Conflict[]; readonly judged: JudgedEntries }> {
  const { changes } = folder;
  const turn = takeTurns();
  const touched = new Set(folder.conflicts);
  const removed = new Set(
    changes
      .filter((change) => change.after?.kind !== change.before?.kind)
      .map((change) => change.path),
  );
  const owners = ownersOf(fs.statSync(root));
  const judged = new Map<string, fs.Stats | undefined>();
  const special = new Map<string, Change>();
  const why = async (change: Change): Promise<string | undefined> => {
    const { path, before, after, shelf } = change;
    if (touched.has(path)) return 'another process changed it during the run';
    if (after !== undefined && !owners.has(after.uid)) return new ForeignEntry(after.uid).message;
    // Record the entry before reading it, so that a change during the read is noticed later.
    judged.set(path, statsAt(root, path, owners));
    const now = await stateAt(root, latinOf(path), owners);
    const between = begun && isBetween(now, change);
    if (!sameState(now, before) && !sameState(now, after) && !between)
      return 'another process changed it after the run';
    if (
      now?.kind === 'folder' &&
      after?.kind !== 'folder' &&
      namesIn(root, path, owners).some((name) => !removed.has(`${path}/${name}`))
    )
      return 'another process added entries to it';
    if (now?.kind === 'file' && after?.kind === 'file' && (now.mode & 0o6000) !== 0)
      special.set(path, change);
    const whyPath = whyPathRefused(path) ?? (after && whyBytecodeRefused(path));
    // Host policy may name the path as obeyed since the run.
    const isObeyedNow =
      shelf === undefined
        ? isObeyedPath(path, before === undefined, further)
        : shelf === 'plain' && path.split('/').some((name) => further.includes(name));
    return (
      whyPath ??
      (isObeyedNow ? obeyed : undefined) ??
      whyOwnerCannotBeSet(root, change, now, owners)
    );
  };
  const whyNot = async (change: Change): Promise<string | undefined> => {
    try {
      return await why(change);
    } catch (cause) {
      if (cause instanceof ForeignEntry) return cause.message;
      throw cause;
    }
  };
  const conflicts: Conflict[] = [];
  for (const change of changes) {
    await turn();
    const reason = await whyNot(change);
    if (reason !== undefined) conflicts.push({ folder, change, why: reason });
  }
  // `cp` copies an access list only together with setuid and setgid bits. For a moment the new
  // content would have these bits.
  const withList = await pathsWithAccessList(
    [...special.keys()],
    (path) => openEntry(root, path, owners),
    turn,
  );
  for (const [path, change] of special)
    if (withList.has(path))
      conflicts.push({
        folder,
        change,
        why: 'the change cannot be applied, because the file on this host has an access list and also setuid or setgid bits; remove the setuid and setgid bits, then run the skill again',
      });
  return { conflicts, judged };
}

// Whether an interrupted attempt may have left this state at a path.
function isBetween(now: EntryState | undefined, { after, list }: Change): boolean {
  if (now === undefined || after === undefined) return after !== undefined;
  if (now.kind === 'folder') return after.kind === 'folder';
  // The folder gave the file no access list, so only the owner may use it.
  return (
    list === 'folder' &&
    after.kind === 'file' &&
    sameState(now, { ...after, mode: ownersAlone(after.mode) })
  );
}

/**
 * Requires that the entry at a path is still the judged one.
 * @param now the entry at the path
 * @throws Problem `changes-conflict` when it is another one
 */
function requireJudged(judged: JudgedEntries, path: string, now: fs.Stats | undefined): void {
  if (isSameEntry(judged.get(path), now)) return;
  throw new Problem(
    'changes-conflict',
    `Another process changed ${path} while changes were applied; Skillgate left ${path} as it is`,
    {
      hint: 'Other paths may be changed already. Copy this path elsewhere, restore its state before the run, then accept again; or discard the rest.',
    },
  );
}

function statsAt(root: string, path: string, owners: Owners): fs.Stats | undefined {
  return withParentIfThere(root, latinOf(path), owners, (at) => fs.lstatSync(at));
}

function isSameEntry(judged: fs.Stats | undefined, now: fs.Stats | undefined): boolean {
  if (judged === undefined || now === undefined) return judged === now;
  if (judged.ino !== now.ino || judged.dev !== now.dev) return false;
  // Applying an entry changes the times of its folder.
  if (judged.isDirectory()) return true;
  // Replacing one hard link changes the ctime of the others.
  const isTouched =
    judged.nlink > 1 ? judged.mtimeMs !== now.mtimeMs : judged.ctimeMs !== now.ctimeMs;
  return !isTouched && judged.size === now.size;
}

// Only root can give a file to another user. Check this first: a failure in the middle would leave
// half of the changes applied.
function whyOwnerCannotBeSet(
  root: string,
  { path, after }: Change,
  now: EntryState | undefined,
  owners: Owners,
): string | undefined {
  const me = process.geteuid?.() ?? 0;
  if (after === undefined || me === 0) return undefined;
  const staysFolder = now?.kind === 'folder' && after.kind === 'folder';
  if (staysFolder && (now.uid !== after.uid || now.gid === after.gid)) return undefined;
  const next = 'accept as root, or discard these changes and run the skill as the owner';
  if (after.uid !== me)
    return `it would belong to user ${after.uid}, and user ${me} cannot give files to other users: ${next}`;
  const groups = [process.getegid?.(), ...(process.getgroups?.() ?? [])];
  if (groups.includes(after.gid) || groupOfNew(root, path, owners) === after.gid) return undefined;
  return `it would belong to group ${after.gid}, of which user ${me} is not a member: ${next}`;
}

// New entries in a setgid folder get the group of the folder.
function groupOfNew(root: string, path: string, owners: Owners): number | undefined {
  try {
    return withParent(root, latinOf(path), owners, (at) =>
      withHandle(at.subarray(0, at.lastIndexOf('/') + 1), (_, { gid, mode }) =>
        (mode & 0o2000) === 0 ? undefined : gid,
      ),
    );
  } catch {
    return undefined;
  }
}

function namesIn(root: string, path: string, owners: Owners): string[] {
  return withParent(root, latinOf(path), owners, (at) => fs.readdirSync(at, 'utf8'));
}
