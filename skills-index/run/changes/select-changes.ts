/**
 * Splits a change set into the changes that an acceptance covers and the changes that go on
 * waiting. Pure.
 */
import { foldersAbove } from '../../skill/bundle-path.ts';
import { Problem } from '../../skill/problem.ts';
import { shellWord } from '../../skill/text/shell-word.ts';
import type { Change, ChangedFolder, ChangeSet } from './changes.ts';
import { type HandOverRef, type Repository, stashRef } from './repositories.ts';

interface SplitChanges {
  /** The same run with the covered changes; without folders when nothing is covered. */
  readonly accepted: ChangeSet;
  /** Absent when nothing goes on waiting. */
  readonly rest: ChangeSet | undefined;
}

/** What a person accepts beside or instead of all plain changes. */
export interface Choice {
  /**
   * Changes that hosts or agents obey: paths as in the run (`/workspace/package.json`) or below the
   * mount (`package.json`), and names of references (`main`, `sub:main`).
   */
  readonly include?: readonly string[];
  /** Names of references alone. */
  readonly branches?: readonly string[];
  /** Whether a plain change is wanted; absent for all plain changes. */
  readonly isWanted?: (path: string, target: string) => boolean;
}

/**
 * The changes that a person accepts: all plain changes, or those that match, and those that hosts
 * or agents obey and that the person names.
 * @throws Problem `not-found` for a name that is not among the changes; `usage` for a name that
 * means several, and for a change that cannot be applied without another, unnamed change
 */
export function selectChanges(
  set: ChangeSet,
  { branches = [], include = [], isWanted }: Choice = {},
): SplitChanges {
  const named = [
    ...include.map((name) => findOne(set, name)),
    ...branches.map((name) => findOne(set, name, 'reference')),
  ];
  const refs = new Set(named.flatMap(({ ref }) => ref ?? []));
  const paths = new Map<ChangedFolder, Set<string>>();
  for (const { change, folder, ref } of named)
    paths.set(
      folder,
      new Set([
        ...(paths.get(folder) ?? []),
        ...(change === undefined ? [] : [change.path]),
        ...(ref?.files ?? []),
      ]),
    );
  const isNamed = (folder: ChangedFolder, change: Change): boolean =>
    paths.get(folder)?.has(change.path) === true;
  const split = splitChanges(
    set,
    (folder, change) =>
      isNamed(folder, change) ||
      (change.shelf !== 'obeyed' && isWanted?.(change.path, folder.target) !== false),
    () => ({ named: refs, takesFree: isWanted === undefined }),
  );
  const left = set.folders.flatMap((folder) =>
    folder.changes.filter((change) => isNamed(folder, change)),
  );
  const taken = new Set(split.accepted.folders.flatMap((folder) => folder.changes));
  const missing = left.find((change) => !taken.has(change));
  if (missing !== undefined) throw needsOthers(set, missing);
  return split;
}

/** Splits off the plain changes of the mounts that a person allowed before the start. */
export function selectAllowed(set: ChangeSet): SplitChanges {
  return splitChanges(
    set,
    ({ mode }, { shelf }) => mode === 'rw' && shelf !== 'obeyed',
    ({ mode }) => ({ named: new Set(), takesFree: mode === 'rw' }),
  );
}

/** The changes that a person has to name, without the new folders that come with them. */
export function obeyedIn({ changes }: Pick<ChangedFolder, 'changes'>): Change[] {
  const obeyed = changes.filter(({ shelf }) => shelf === 'obeyed');
  const above = new Set(obeyed.flatMap(({ path }) => foldersAbove(path)));
  return obeyed.filter(({ before, path }) => before !== undefined || !above.has(path));
}

/** What a person has to name: references with their files, and further changed files. */
interface Decisions {
  readonly refs: readonly PlacedRef[];
  readonly changes: readonly Change[];
}

/** The decisions of a folder. A file that comes with a named reference is no own decision. */
export function decisionsIn(folder: ChangedFolder): Decisions {
  const refs = askingRefs(folder.repositories);
  const files = new Set(refs.flatMap(({ ref }) => ref.files));
  return { refs, changes: obeyedIn(folder).filter(({ path }) => !files.has(path)) };
}

function splitChanges(
  set: ChangeSet,
  isWanted: (folder: ChangedFolder, change: Change) => boolean,
  refsOf: (folder: ChangedFolder) => ChosenRefs,
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

interface Named {
  readonly folder: ChangedFolder;
  readonly change?: Change;
  readonly ref?: HandOverRef;
  /** The name that means this change or reference alone. */
  readonly exact: string;
}

// Nobody should accept one file or branch by the name of another.
function findOne(set: ChangeSet, name: string, kind: 'any' | 'reference' = 'any'): Named {
  const { folders, run } = set;
  const [found, ...others] = folders
    .flatMap((folder) => findIn(folder, name))
    .filter(({ ref }) => kind === 'any' || ref !== undefined);
  if (found !== undefined && others.length === 0) return found;
  if (found === undefined) throw notFound(set, name, kind);
  const option = kind === 'any' ? '--include' : '--branch';
  const exact = [found, ...others].map((one) => `${option} ${shellWord(one.exact)}`);
  throw new Problem(
    'usage',
    `${JSON.stringify(name)} means ${exact.length} changes of run ${run}`,
    { hint: `write which of them you mean: ${exact.join(', or ')}` },
  );
}

function notFound({ folders, run }: ChangeSet, name: string, kind: 'any' | 'reference'): Problem {
  const refs = folders.flatMap(({ repositories = [] }) =>
    repositories.flatMap((repository) =>
      repository.refs.map((ref) => exactName(repositories, { repository, ref })),
    ),
  );
  const listed = refs.slice(0, listedRefsMax).join(', ');
  const more = refs.length > listedRefsMax ? ` and ${refs.length - listedRefsMax} more` : '';
  const known = refs.length === 0 ? 'the run has none' : `${listed}${more}`;
  const what =
    kind === 'any'
      ? `No change of run ${run} has the path or the branch name ${JSON.stringify(name)}`
      : `No branch or tag of run ${run} has the name ${JSON.stringify(name)}`;
  return new Problem('not-found', what, {
    hint: `branches and tags: ${known}; see all changes: skillgate changes show ${run}`,
  });
}

const listedRefsMax = 10;

function findIn(folder: ChangedFolder, name: string): Named[] {
  const { changes, repositories = [], target } = folder;
  const below = name.startsWith(`${target}/`) ? name.slice(target.length + 1) : undefined;
  const files = changes
    .filter(({ path }) => path === name || path === below)
    .map((change) => ({ folder, change, exact: `${target}/${change.path}` }));
  // A name without a colon that begins with the folder is the name of a path.
  const refs = [name, ...(below?.includes(':') === true ? [below] : [])].flatMap((text) =>
    findRefs(repositories, text),
  );
  return [
    ...files,
    ...refs.map((placed) => ({
      folder,
      ref: placed.ref,
      exact: `${target}/${placeOf(placed.repository)}:${placed.ref.name}`,
    })),
  ];
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

// The references that a person accepts: all that need no name, and the named ones. Pure.

/** `branch main`, `tag v1`, `the newest stash`. */
export function refText(name: string): string {
  if (name === stashRef) return 'the newest stash';
  const [, kind = '', short = ''] = /^refs\/(heads|tags|remotes)\/(.*)$/s.exec(name) ?? [];
  return `${{ tags: 'tag', remotes: 'remote branch' }[kind] ?? 'branch'} ${short}`;
}

/** A reference among the repositories of a folder. */
export interface PlacedRef {
  readonly repository: Repository;
  readonly ref: HandOverRef;
}

/**
 * Finds the references that a person may mean: `main`, `refs/heads/main`, and with the repository's
 * folder `sub:main`, or `.:main` at the top.
 */
export function findRefs(repositories: readonly Repository[], text: string): PlacedRef[] {
  return repositories.flatMap((repository) =>
    repository.refs
      .filter(({ name }) =>
        [name, shortOf(name)].some(
          (one) => text === one || text === `${placeOf(repository)}:${one}`,
        ),
      )
      .map((ref) => ({ repository, ref })),
  );
}

/** The shortest name that means this reference alone among the repositories of a folder. */
export function exactName(repositories: readonly Repository[], placed: PlacedRef): string {
  const { name } = placed.ref;
  const place = placeOf(placed.repository);
  const names = [shortOf(name), name, `${place}:${shortOf(name)}`, `${place}:${name}`];
  return names.find((one) => findRefs(repositories, one).length === 1) ?? names[3] ?? name;
}

/** The repository's folder below the mount, as a name of a reference has it. */
export function placeOf({ path }: Repository): string {
  return path === '' ? '.' : path;
}

function shortOf(name: string): string {
  return name.replace(/^refs\/(?:heads|tags)\//, '');
}

/** Which references an acceptance covers. */
interface ChosenRefs {
  readonly named: ReadonlySet<HandOverRef>;
  /** Whether the acceptance covers the references that need no name as well. */
  readonly takesFree: boolean;
}

/**
 * Splits references into those that an acceptance covers and those that go on waiting. A new
 * repository goes whole: it is accepted when a person names one of its references, or when none
 * needs a name.
 */
export function splitRepositories(
  repositories: readonly Repository[],
  { named, takesFree }: ChosenRefs,
): { readonly accepted: Repository[]; readonly rest: Repository[] } {
  const isFree = ({ asks }: HandOverRef): boolean => takesFree && asks === undefined;
  const parts = repositories.map((repository) => {
    const { isNew, refs } = repository;
    const isWhole =
      isNew && ((takesFree && refs.every(isFree)) || refs.some((ref) => named.has(ref)));
    const isIn = (ref: HandOverRef): boolean => (isNew ? isWhole : isFree(ref) || named.has(ref));
    const taken = refs.filter(isIn);
    const left = refs.filter((ref) => !isIn(ref));
    return {
      accepted: isWhole || taken.length > 0 ? [{ ...repository, refs: taken }] : [],
      rest: left.length > 0 || (isNew && !isWhole) ? [{ ...repository, refs: left }] : [],
    };
  });
  return {
    accepted: parts.flatMap(({ accepted }) => accepted),
    rest: parts.flatMap(({ rest }) => rest),
  };
}

/** The references that need a name. */
function askingRefs(repositories: readonly Repository[] = []): PlacedRef[] {
  return repositories.flatMap((repository) =>
    repository.refs.filter(({ asks }) => asks !== undefined).map((ref) => ({ repository, ref })),
  );
}
