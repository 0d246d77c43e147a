/** The branches and tags of a remote repository, and the choice of a commit among them. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { GitAddress } from './git-address.ts';

export interface RemoteRefs {
  /** Ids of commits, by full name: `refs/heads/main`. */
  readonly refs: ReadonlyMap<string, string>;
  /** Full name of the default branch. */
  readonly head?: string;
}

export interface ChosenCommit {
  readonly commit: string;
  /** Full name of the branch or tag; absent for a commit that was named by its id. */
  readonly ref?: string;
  /** Folder that a page’s address names. */
  readonly folder?: string;
}

/** Parses `git ls-remote --symref`. */
export function parseRefs(listing: string): RemoteRefs {
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of listing.split('\n')) {
    const [, target] = /^ref: (refs\/heads\/.+)\tHEAD$/.exec(line) ?? [];
    if (target !== undefined) head = target;
    const [, id, name] = /^([0-9a-f]{40}|[0-9a-f]{64})\t(.+)$/.exec(line) ?? [];
    // A tag with a message is an object of its own; `^{}` is the commit that the tag names.
    if (id !== undefined && name !== undefined) refs.set(name.replace(/\^\{\}$/, ''), id);
  }
  return { refs, ...(head === undefined ? {} : { head }) };
}

/** @throws Problem `git-ref-unknown` */
export function chooseCommit(address: GitAddress, remote: RemoteRefs): ChosenCommit {
  const { url, ref, refAndFolder } = address;
  if (ref !== undefined) {
    const { rest, ...chosen } = chooseNamed(url, ref, remote);
    if (rest === '') return chosen;
    throw unknownRef(url, ref);
  }
  if (refAndFolder !== undefined) {
    const { rest, ...chosen } = chooseNamed(url, refAndFolder, remote);
    return { ...chosen, folder: rest };
  }
  const { refs, head } = remote;
  const commit = refs.get(head ?? 'HEAD');
  if (commit === undefined) throw unknownRef(url, 'HEAD');
  return { commit, ...(head === undefined ? {} : { ref: head }) };
}

// The longest name counts, because names of branches contain slashes.
function chooseNamed(
  url: string,
  text: string,
  { refs }: RemoteRefs,
): ChosenCommit & { readonly rest: string } {
  const words = text.split('/');
  for (let count = words.length; count > 0; count--) {
    const name = words.slice(0, count).join('/');
    const rest = words.slice(count).join('/');
    const named = (name.startsWith('refs/') ? [name] : [`refs/tags/${name}`, `refs/heads/${name}`])
      .map((full) => ({ ref: full, commit: refs.get(full) }))
      .filter((one): one is { ref: string; commit: string } => one.commit !== undefined);
    if (new Set(named.map(({ commit }) => commit)).size > 1)
      throw new Problem(
        'git-ref-unknown',
        `${url} has a tag and a branch ${JSON.stringify(name)}`,
        {
          hint: `name one of them in full: #refs/tags/${name} or #refs/heads/${name}`,
        },
      );
    if (named[0] !== undefined) return { ...named[0], rest };
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name)) return { commit: name, rest };
  }
  throw unknownRef(url, text);
}

function unknownRef(url: string, name: string): Problem {
  return new Problem('git-ref-unknown', `${url} has no branch or tag ${JSON.stringify(name)}`, {
    hint: 'a commit is named by all digits of its id',
  });
}
