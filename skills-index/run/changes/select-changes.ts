/**
 * Splits a change set into the changes that an acceptance covers and the changes that go on
 * waiting. Pure.
 */
import { foldersAbove } from '../../skill/bundle-path.ts';
import { Problem } from '../../skill/problem.ts';
import type { Change, ChangedFolder, ChangeSet } from './changes.ts';
import { isRefKnown, namedFiles, splitRepositories } from './chosen-refs.ts';
import type { Repository } from './repositories.ts';

export interface SplitChanges {
  /** The same run with the covered changes; without folders when nothing is covered. */
  readonly accepted: ChangeSet;
  /** Absent when nothing goes on waiting. */
  readonly rest: ChangeSet | undefined;
}

/**
 * The changes that a person accepts: all plain changes, and those that hosts or agents obey and
 * that the person names.
 * @param include paths as in the run (`/workspace/package.json`) or below the mount
 * (`package.json`), and names of references (`main`)
 * @throws Problem `not-found` for a path that is not among the changes; `usage` for a path in
 * several folders, and for a change that cannot be applied without another, unnamed change
 */
export function selectChanges(set: ChangeSet, include: readonly string[]): SplitChanges {
  const namesIn = ({ target }: ChangedFolder): string[] =>
    include.map((name) => (name.startsWith(`${target}/`) ? name.slice(target.length + 1) : name));
  const isNamed = (folder: ChangedFolder, { path }: Change): boolean =>
    namesIn(folder).includes(path) || namedFiles(folder.repositories, namesIn(folder)).has(path);
  for (const name of include) requireOne(set, name);
  const split = splitChanges(
    set,
    (folder, change) => (change.shelf === 'obeyed' ? isNamed(folder, change) : true),
    namesIn,
  );
  for (const folder of split.rest?.folders ?? []) {
    const left = folder.changes.find((change) => isNamed(folder, change));
    if (left !== undefined) throw needsOthers(set, left);
  }
  return split;
}

/** Splits off the plain changes of the mounts that a person allowed before the start. */
export function selectAllowed(set: ChangeSet): SplitChanges {
  return splitChanges(
    set,
    ({ mode }, { shelf }) => mode === 'rw' && shelf !== 'obeyed',
    ({ mode }) => (mode === 'rw' ? [] : undefined),
  );
}

/** The changes that a person has to name, without the new folders that come with them. */
export function obeyedIn({ changes }: Pick<ChangedFolder, 'changes'>): Change[] {
  const obeyed = changes.filter(({ shelf }) => shelf === 'obeyed');
  const above = new Set(obeyed.flatMap(({ path }) => foldersAbove(path)));
  return obeyed.filter(({ before, path }) => before !== undefined || !above.has(path));
}

function splitChanges(
  set: ChangeSet,
  isWanted: (folder: ChangedFolder, change: Change) => boolean,
  // The named references beside those that need no name; undefined for no reference at all.
  refsOf: (folder: ChangedFolder) => readonly string[] | undefined,
): SplitChanges {
  const folders = set.folders.map((folder) => {
    const taken = withoutBlocked(
      folder.changes,
      new Set(folder.changes.filter((change) => isWanted(folder, change))),
    );
    const repositories = splitRepositories(folder.repositories ?? [], refsOf(folder));
    return {
      accepted: partOf(folder, repositories.accepted, (change) => taken.has(change)),
      rest: partOf(folder, repositories.rest, (change) => !taken.has(change)),
    };
  });
  const accepted = folders.flatMap((part) => part.accepted);
  const rest = folders.flatMap((part) => part.rest);
  return {
    accepted: { ...set, folders: accepted },
    rest: rest.length === 0 ? undefined : { ...set, folders: rest },
  };
}

function partOf(
  { repositories: _, ...folder }: ChangedFolder,
  repositories: Repository[],
  isIn: (change: Change) => boolean,
): ChangedFolder[] {
  const changes = folder.changes.filter(isIn);
  const paths = new Set(changes.map(({ path }) => path));
  const conflicts = folder.conflicts.filter((path) => paths.has(path));
  if (changes.length === 0 && repositories.length === 0) return [];
  const refs = repositories.length === 0 ? {} : { repositories };
  return [{ ...folder, changes, conflicts, ...refs }];
}

// A new entry needs its new folders. A folder goes only when everything in the folder goes.
function withoutBlocked(changes: readonly Change[], wanted: ReadonlySet<Change>): Set<Change> {
  const byPath = new Map(changes.map((change) => [change.path, change]));
  const taken = new Set(wanted);
  for (const { path } of wanted)
    for (const above of foldersAbove(path)) {
      const folder = byPath.get(above);
      if (folder?.before === undefined && folder?.after?.kind === 'folder') taken.add(folder);
    }
  // Each round may block a change that another change needs.
  for (let size = -1; size !== taken.size; ) {
    size = taken.size;
    const stays = new Set(
      changes.filter((change) => !taken.has(change)).flatMap(({ path }) => foldersAbove(path)),
    );
    for (const change of [...taken])
      if (isBlocked(change, byPath, taken, stays)) taken.delete(change);
  }
  return taken;
}

function isBlocked(
  { path, before, after }: Change,
  byPath: ReadonlyMap<string, Change>,
  taken: ReadonlySet<Change>,
  stays: ReadonlySet<string>,
): boolean {
  if (before?.kind === 'folder' && after?.kind !== 'folder') return stays.has(path);
  return (
    after !== undefined &&
    foldersAbove(path).some((above) => {
      const folder = byPath.get(above);
      return (
        folder?.after?.kind === 'folder' && folder.before?.kind !== 'folder' && !taken.has(folder)
      );
    })
  );
}

function requireOne({ folders, run }: ChangeSet, name: string): void {
  const [found, other] = folders.filter(
    ({ changes, repositories = [], target }) =>
      changes.some(({ path }) => name === path || name === `${target}/${path}`) ||
      isRefKnown(
        repositories,
        name.startsWith(`${target}/`) ? name.slice(target.length + 1) : name,
      ),
  );
  if (found !== undefined && other === undefined) return;
  // Nobody should accept a file of one folder by the name of a file in another.
  if (found !== undefined)
    throw new Problem(
      'usage',
      `Changes of run ${run} have the path ${JSON.stringify(name)} in several folders`,
      { hint: `name the folder too, such as --include ${found.target}/${name}` },
    );
  throw new Problem('not-found', `No change of run ${run} has the path ${JSON.stringify(name)}`, {
    hint: `see the paths of all changes: skillgate changes show ${run}`,
  });
}

function needsOthers({ folders, run }: ChangeSet, { path }: Change): Problem {
  const others = folders
    .flatMap(({ changes }) => changes)
    .filter((other) => other.path.startsWith(`${path}/`) || path.startsWith(`${other.path}/`))
    .filter(({ shelf }) => shelf === 'obeyed');
  const names = others.map((other) => JSON.stringify(other.path));
  return new Problem(
    'usage',
    `Cannot accept ${JSON.stringify(path)} of run ${run} alone: it needs ${names.join(', ')}`,
    { hint: 'name each of these paths with --include as well' },
  );
}
