/** Finds which entries that a run created, moved or replaced have an access list. */
import { folderOf, type ListedPaths } from '../../skills-index/run/changes/access-lists.ts';
import type { Change } from '../../skills-index/run/changes/changes.ts';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import { takeTurns } from '../files/turns.ts';
import { latinOf, textOf } from '../files/walk-folder.ts';
import { openEntry, pathsWithAccessList } from './access-lists.ts';

export interface ListPlaces {
  /** The roots of the view that the run saw, and of the folder below the view. */
  readonly root: string;
  readonly below: string;
  readonly owners: Owners;
  /**
   * For a view that is a copy: returns where an entry came from in the original folder, since
   * copies have no access lists. Paths are Latin-1 text of bytes.
   */
  readonly origin: ((path: string) => string | undefined) | undefined;
}

/**
 * Finds the access lists of entries that the run changed.
 * @throws Problem `changes-conflict` where lists cannot be read
 */
export async function findAccessLists(
  changes: readonly Change[],
  { root, below, owners, origin }: ListPlaces,
): Promise<ListedPaths> {
  const turn = takeTurns();
  const made = changes.filter(({ after }) => after !== undefined && after.kind !== 'link');
  const inPlace = made.filter(({ before, after }) => before?.kind === after?.kind);
  const openBelow = (path: string) => openEntry(below, path, owners);
  const originOf = (path: string) => origin?.(latinOf(path));
  const openCopied = (path: string) => {
    const from = originOf(path);
    return from === undefined ? undefined : openBelow(textOf(from));
  };
  const asked = [...new Set(made.flatMap(({ path }) => [path, folderOf(path)]))];
  const isUnknown = (path: string): boolean => origin !== undefined && originOf(path) === undefined;
  return {
    unknown: new Set(made.map(({ path }) => path).filter(isUnknown)),
    inView: await pathsWithAccessList(
      asked,
      origin === undefined ? (path) => openEntry(root, path, owners) : openCopied,
      turn,
    ),
    onHost: await pathsWithAccessList(
      inPlace.map(({ path }) => path),
      openBelow,
      turn,
    ),
  };
}
