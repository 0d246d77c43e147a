/**
 * Applies changes that were accepted: by descriptor, so that nobody redirects it meanwhile; each
 * file whole or not at all.
 */
import * as fs from 'node:fs';
import { folderOf, ownersAlone } from '../../skills-index/run/changes/access-lists.ts';
import type {
  Change,
  ChangedFolder,
  EntryState,
  LeftBehind,
} from '../../skills-index/run/changes/changes.ts';
import { whyLinkRefused } from '../../skills-index/run/changes/left-behind.ts';
import type { FurtherNames } from '../../skills-index/run/changes/protected-names.ts';
import { takeTurns } from '../files/turns.ts';
import {
  haveAccessList,
  openEntry,
  pathOnly,
  pathsWithAccessList,
} from '../mounts/access-lists.ts';
import { ownersOf } from '../mounts/ownership.ts';
import { withParent } from '../mounts/walk-folder.ts';
import { findShut, lookIn } from '../mounts/workspace.ts';
import { type Judged, requireJudged } from './conflicts.ts';
import { newSecret } from './leftovers.ts';
import { type How, openUpFolder, putEntry, setFolder } from './put-entry.ts';

/**
 * Brings a folder to what was accepted, when nothing in it conflicts.
 * @param root `/proc/self/fd/N` of the folder, which the caller holds
 * @param further names that host policy says are obeyed
 * @param read the kept bytes with a digest; they are checked
 * @param judged what lay at each path when nothing conflicted
 * @param secret of this accept, which says what it left if it is killed
 * @returns links that are left out by now, and why
 * @throws Problem `changes-conflict`, `changes-invalid`, or what the host says; it can be called
 * again
 */
export async function applyChanges(
  root: string,
  { changes }: ChangedFolder,
  further: FurtherNames,
  read: How['read'],
  judged: Judged,
  secret = newSecret(),
): Promise<LeftBehind[]> {
  const turn = takeTurns();
  const owners = ownersOf(fs.statSync(root));
  const hasLinks = changes.some((one) => one.after?.kind === 'link');
  const look = lookIn(root, hasLinks ? await findShut(root, further) : new Set());
  const { modeFor, isToTakeOff } = listsByFolder();
  const act = (one: Change, how: (at: Buffer, one: Change) => void): void =>
    withParent(root, latin(one.path), owners, (to) => how(to, one));
  const deep = changes.toSorted((a, b) => b.path.split('/').length - a.path.split('/').length);
  const stay = deep.filter((one) => one.after !== undefined);
  const replaced = stay
    .filter((one) => one.before?.kind === 'file' && one.after?.kind === 'file')
    .map((one) => one.path);
  const asked = [...new Set(replaced.flatMap((path) => [path, folderOf(path)]))];
  // Before the first deletion: where lists cannot be read, nothing is changed.
  const listed = await pathsWithAccessList(asked, (path) => openEntry(root, path, owners), turn);
  const kept = new Set(replaced.filter((path) => listed.has(path) || listed.has(folderOf(path))));
  for (const one of deep) {
    await turn();
    if (one.after?.kind !== one.before?.kind) gone(() => act(one, (at) => remove(at, one, judged)));
  }
  for (const one of stay.toReversed()) {
    await turn();
    act(one, (to, { after, list, path }) => {
      if (after === undefined) return;
      const isThere =
        after.kind === 'folder' &&
        fs.lstatSync(to, { throwIfNoEntry: false })?.isDirectory() === true;
      if (isThere) openUpFolder(to, after, owners);
      else
        putEntry(to, after, {
          path,
          read,
          keepList: kept.has(path),
          isListToTakeOff: isToTakeOff(path, list),
          modeFor: modeFor(path, list),
          requireJudged: (now) => requireJudged(judged, path, now),
          secret,
        });
    });
  }
  // A folder that nobody may write to is made so when all is in it; where a link leads is known
  // then too.
  const left: LeftBehind[] = [];
  for (const one of stay) {
    await turn();
    act(one, (to, { after, list, path }) => {
      const why =
        after?.kind === 'link'
          ? whyLinkRefused(latin(path), latin(after.to), look, further)
          : undefined;
      if (why !== undefined) {
        fs.unlinkSync(to);
        left.push({ path, why });
      }
      if (after?.kind === 'folder') setFolder(to, after, owners, modeFor(path, list));
    });
  }
  return left;
}

interface ListsByFolder {
  readonly modeFor: (path: string, list: Change['list']) => How['modeFor'];
  readonly isToTakeOff: (path: string, list: Change['list']) => How['isListToTakeOff'];
}

// What one entry of a folder gets, all get: of thousands only the first is looked at.
function listsByFolder(): ListsByFolder {
  const givesList = new Map<string, boolean>();
  const gives = (path: string, self: string): boolean => {
    const known = givesList.get(folderOf(path)) ?? hasAccessList(self);
    givesList.set(folderOf(path), known);
    return known;
  };
  return {
    // Where a new entry was to get the list of its folder and did not, its owner alone may use it.
    modeFor: (path, list) => (self, mode) =>
      list !== 'folder' || gives(path, self) ? mode : ownersAlone(mode),
    isToTakeOff: (path, list) => (self) => list === 'none' && gives(path, self),
  };
}

function hasAccessList(self: string): boolean {
  const made = fs.openSync(self, pathOnly & ~fs.constants.O_NOFOLLOW);
  try {
    return haveAccessList([made]).includes(true);
  } finally {
    fs.closeSync(made);
  }
}

// As folders are walked: a character for each byte.
function latin(path: string): string {
  return Buffer.from(path).toString('latin1');
}

// What lay in a folder that is gone already, where it is called again.
function gone(act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  }
}

// What is not what it was has been changed already, or is judged above.
function remove(at: Buffer, { before, after, path }: Change, judged: Judged): void {
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
