/** The references that a person accepts: all that need no name, and the named ones. Pure. */
import { type HandedRef, type Repository, stashRef } from './repositories.ts';

/** `branch main`, `tag v1`, `the newest stash`. */
export function refText(name: string): string {
  if (name === stashRef) return 'the newest stash';
  const [, kind = '', short = ''] = /^refs\/(heads|tags|remotes)\/(.*)$/s.exec(name) ?? [];
  return `${{ tags: 'tag', remotes: 'remote branch' }[kind] ?? 'branch'} ${short}`;
}

/** A reference among the repositories of a folder. */
export interface PlacedRef {
  readonly repository: Repository;
  readonly ref: HandedRef;
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
export interface ChosenRefs {
  readonly named: ReadonlySet<HandedRef>;
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
  const isFree = ({ asks }: HandedRef): boolean => takesFree && asks === undefined;
  const parts = repositories.map((repository) => {
    const { isNew, refs } = repository;
    const isWhole =
      isNew && ((takesFree && refs.every(isFree)) || refs.some((ref) => named.has(ref)));
    const isIn = (ref: HandedRef): boolean => (isNew ? isWhole : isFree(ref) || named.has(ref));
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
export function askingRefs(repositories: readonly Repository[] = []): PlacedRef[] {
  return repositories.flatMap((repository) =>
    repository.refs.filter(({ asks }) => asks !== undefined).map((ref) => ({ repository, ref })),
  );
}
