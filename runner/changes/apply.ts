/**
 * Applies accepted changes by descriptor, so that no other process can redirect them. Each file is
 * replaced atomically.
 */
import * as fs from 'node:fs';
import { folderOf, ownersAlone } from '../../skills-index/run/changes/access-lists.ts';
import type {
  Change,
  ChangedFolder,
  EntryState,
  LeftBehind,
} from '../../skills-index/run/changes/changes.ts';
import {
  type JudgedEntry,
  judgeLink,
  toObeyed,
} from '../../skills-index/run/changes/left-behind.ts';
import type { FurtherNames } from '../../skills-index/run/changes/protected-names.ts';
import { ownersOf } from '../files/ownership.ts';
import { takeTurns } from '../files/turns.ts';
import { handleOnly, isGone, latinOf, withParent } from '../files/walk-folder.ts';
import { haveAccessList, openEntry, pathsWithAccessList } from '../mounts/access-lists.ts';
import { entryReader, shelvesAt } from '../mounts/read-tree.ts';
import { type JudgedEntries, requireJudged } from './conflicts.ts';
import { newSecret } from './leftovers.ts';
import { makeFolderWritable, type PutOptions, putEntry, setFolder } from './put-entry.ts';

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
