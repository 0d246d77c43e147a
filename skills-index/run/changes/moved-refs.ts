/**
 * The references of a git repository before and after a run, and which of them the run moved. Pure.
 */
import * as v from 'valibot';
import { foldersAbove, pathTwinKey } from '../../skill/bundle-path.ts';
import { confusables } from '../../skill/text/mixed-scripts.ts';
import { objectId } from './repositories.ts';

/** The most references that a run may have in one repository. */
const handedRefsMax = 1_000;

/** The references of a repository, by name, and the branch or commit of HEAD. */
export interface RefList {
  readonly refs: ReadonlyMap<string, string>;
  /** The references of the host that are other names of references. */
  readonly symbolic?: ReadonlySet<string>;
  /** The branch in HEAD; absent for a HEAD that names a commit. */
  readonly branch?: string;
  /** The commit in HEAD; absent before the first commit. */
  readonly commit?: string;
}

/**
 * Reads the list that git printed about a repository: a line for HEAD, then a line for each
 * reference.
 * @throws Error for any other text
 */
export function parseRefList(text: string): RefList {
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const [, commit = '', branch = ''] =
    /^HEAD ([0-9a-f]+|-) (refs\/heads\/\S+|-)$/.exec(first) ?? [];
  if (commit === '') throw new Error('git printed no HEAD');
  if (lines.length > handedRefsMax)
    throw new Error(`it has more than ${handedRefsMax} branches and tags`);
  const refs = new Map<string, string>();
  const symbolic = new Set<string>();
  for (const line of lines) {
    const [, id = '', name = '', arrow] =
      /^([0-9a-f]{40}|[0-9a-f]{64}) (refs\/.+?)( ->)?$/.exec(line) ?? [];
    if (name === '') throw new Error('git printed a line that is no reference');
    refs.set(name, id);
    if (arrow !== undefined) symbolic.add(name);
  }
  if (commit !== '-' && !v.is(objectId, commit)) throw new Error('git printed no HEAD');
  return {
    refs,
    ...(symbolic.size === 0 ? {} : { symbolic }),
    ...(branch === '-' ? {} : { branch }),
    ...(commit === '-' ? {} : { commit }),
  };
}

/**
 * Returns the reference that makes a new reference impossible or mistakable: one of the name in
 * another spelling or in letters that look alike, one whose name is a folder of the new name, or
 * one of another kind with the same short name, because git then takes one of the two for the
 * other.
 */
export function twinOf(name: string, others: Iterable<string>): string | undefined {
  const key = twinKey(name);
  const short = shortKey(name);
  const above = new Set(foldersAbove(name).map(twinKey));
  for (const other of others) {
    if (other === name) continue;
    const twin = twinKey(other);
    const isFolder = above.has(twin) || foldersAbove(other).map(twinKey).includes(key);
    if (twin === key || isFolder || shortKey(other) === short) return other;
  }
  return undefined;
}

// `git log origin` shows what refs/remotes/origin/HEAD names.
function shortKey(name: string): string {
  const [, kind, short = name] = /^refs\/(heads|tags|remotes)\/(.*)$/s.exec(name) ?? [];
  return twinKey(kind === 'remotes' ? short.replace(/\/HEAD$/, '') : short);
}

function twinKey(name: string): string {
  return pathTwinKey([...name].map((sign) => confusables.get(sign) ?? sign).join(''));
}

/** A reference that the run made, moved or deleted, with its object before and after. */
export interface MovedRef {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** Compares a repository's references when the run began with those that the run left. */
export function movedRefs(before: RefList, after: RefList): MovedRef[] {
  const names = new Set([...before.refs.keys(), ...after.refs.keys()]);
  return [...names].sort().flatMap((name): MovedRef[] => {
    const old = before.refs.get(name);
    const now = after.refs.get(name);
    if (old === now) return [];
    return [
      {
        name,
        ...(old === undefined ? {} : { before: old }),
        ...(now === undefined ? {} : { after: now }),
      },
    ];
  });
}
