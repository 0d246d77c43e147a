/**
 * What a run did in a git repository, as references that a person accepts: branches, tags and the
 * newest stash. Everything else in git's folder stays in the view, because git obeys it. Pure.
 */
import * as v from 'valibot';
import { type Digest, isDigest } from '../../skill/digest.ts';
import { exactObject } from '../../skill/shape.ts';
import type { FileChange } from '../audit/audit-entry.ts';
import { whyTextRefused } from './protected-names.ts';

const refNameCharsMax = 200;

/** The name of an object of git. */
export const objectId = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'is not an object of git'),
);
const refName = v.pipe(
  v.string(),
  v.check((name) => whyRefRefused(name) === undefined, 'is not a name that a run may move'),
);
const digest = v.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'is not a digest',
);
const commit = exactObject({ id: objectId, author: v.string(), subject: v.string() });
const handedRef = exactObject({
  name: refName,
  // The object of the host's reference when the run began; absent for a new reference.
  before: v.optional(objectId),
  // Absent when the run deleted the reference.
  after: v.optional(objectId),
  // How many commits are new to the host. `shown` holds the first of them.
  commits: v.number(),
  shown: v.array(commit),
  // The stored differences of the new commits; absent without new commits.
  patch: v.optional(digest),
  // Why a person has to name the reference; absent for a reference that moves forward over ordinary
  // files.
  asks: v.optional(v.string()),
  // Changed paths of the folder that are exactly as in this reference's last commit.
  files: v.array(v.string()),
});

/** @see Repository */
export const repositoryShape = exactObject({
  // The folder of the work tree below the mount; empty for the mount itself.
  path: v.string(),
  // Whether the host has no repository there yet.
  isNew: v.boolean(),
  // The branch in the run's HEAD. The host's index follows when the host's HEAD is this branch too.
  head: v.optional(refName),
  // The stored pack with the objects that the host lacks.
  pack: v.optional(digest),
  refs: v.array(handedRef),
});

/** One repository of a mount: the references that the run made, moved or deleted. */
export type Repository = v.InferOutput<typeof repositoryShape>;
export type HandOverRef = v.InferOutput<typeof handedRef>;

/** The name of the newest stash, which git keeps as a reference. */
export const stashRef = 'refs/stash';

/**
 * Returns why a reference of this name stays in the view; undefined for a branch, a tag or the
 * stash whose name git, shells and people read alike.
 */
export function whyRefRefused(name: string): string | undefined {
  if (name === stashRef) return undefined;
  const [, short] = /^refs\/(?:heads|tags)\/(.+)$/s.exec(name) ?? [];
  if (short === undefined) return 'only branches, tags and the newest stash are handed over';
  const parts = short.split('/');
  // The rules of git-check-ref-format(1).
  const isBad =
    name.length > refNameCharsMax ||
    /[ ~^:?*[\\\x7f]|\.\.|@\{/.test(short) ||
    short === '@' ||
    parts.some((part) => part === '' || /^[-.]|\.lock$|\.$/.test(part));
  if (isBad) return 'its name is no name for a branch';
  return isMistakable(short)
    ? 'git or a shell can take its name for something else: choose a name such as work/fix-12'
    : whyTextRefused(short);
}

// Signs of shells, signs that nobody sees, and names that git reads as something else: `HEAD`, a
// commit's short id, `refs/heads/x`.
function isMistakable(short: string): boolean {
  return (
    /[$`"'|&;<>(){}!]|^#|\p{Default_Ignorable_Code_Point}|\p{Zs}/u.test(short) ||
    /^(?:[a-z]+_)*HEAD$/i.test(short) ||
    /(?:^|-g)(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,64}$/.test(short) ||
    /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(short) ||
    /^(?:refs|heads|tags|remotes)(?:\/|$)/i.test(short)
  );
}

/** The references of repositories in the form of the audit log, as paths of git's folder. */
export function refChanges(target: string, repositories: readonly Repository[]): FileChange[] {
  return repositories.flatMap(({ path, refs }) =>
    refs.map(({ after, before, name }) => ({
      change: before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed',
      path: [target, path, '.git', name].filter((part) => part !== '').join('/'),
    })),
  );
}
