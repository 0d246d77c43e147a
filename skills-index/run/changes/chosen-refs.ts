/** The references that a person accepts: all that need no name, and the named ones. Pure. */
import { type HandedRef, type Repository, stashRef } from './repositories.ts';

/** `branch main`, `tag v1`, `the newest stash`. */
export function refText(name: string): string {
  if (name === stashRef) return 'the newest stash';
  const [, kind = '', short = ''] = /^refs\/(heads|tags|remotes)\/(.*)$/s.exec(name) ?? [];
  return `${{ tags: 'tag', remotes: 'remote branch' }[kind] ?? 'branch'} ${short}`;
}

// Whether a person who names `text` means this reference: `main`, `refs/heads/main`.
function isRefNamed({ name }: Pick<HandedRef, 'name'>, text: string): boolean {
  return text === name || `refs/heads/${text}` === name || `refs/tags/${text}` === name;
}

/** Whether some reference has this name. */
export function isRefKnown(repositories: readonly Repository[], text: string): boolean {
  return repositories.some(({ refs }) => refs.some((ref) => isRefNamed(ref, text)));
}

/**
 * The changed files that belong to the named references, and are accepted with the references.
 */
export function namedFiles(
  repositories: readonly Repository[] | undefined,
  named: readonly string[],
): Set<string> {
  const refs = (repositories ?? []).flatMap((repository) => repository.refs);
  const wanted = refs.filter((ref) => named.some((text) => isRefNamed(ref, text)));
  return new Set(wanted.flatMap(({ files }) => files));
}

/**
 * Splits references into those that an acceptance covers and those that go on waiting. A new
 * repository goes whole: it is accepted when a person names one of its references, or when none
 * needs a name.
 * @param named the named references; undefined to accept none
 */
export function splitRepositories(
  repositories: readonly Repository[],
  named: readonly string[] | undefined,
): { readonly accepted: Repository[]; readonly rest: Repository[] } {
  const isNamed = (ref: HandedRef): boolean =>
    named?.some((text) => isRefNamed(ref, text)) === true;
  const isFree = ({ asks }: HandedRef): boolean => named !== undefined && asks === undefined;
  const parts = repositories.map((repository) => {
    const { isNew, refs } = repository;
    const isWhole = isNew && named !== undefined && (refs.every(isFree) || refs.some(isNamed));
    const isIn = (ref: HandedRef): boolean => (isNew ? isWhole : isFree(ref) || isNamed(ref));
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

/** The references that need a name, as a person names them. */
export function askingRefs(repositories: readonly Repository[] | undefined): HandedRef[] {
  return (repositories ?? []).flatMap(({ refs }) => refs.filter(({ asks }) => asks !== undefined));
}
