/** The files of a commit in a folder’s own repository, and whether a skill’s files are the same. */
import { createHash } from 'node:crypto';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import {
  type CommitTree,
  makeCommitTree,
  parseTreeListing,
  type TreeEntry,
} from './commit-tree.ts';
import type { QuietGit } from './quiet-git.ts';

/** Committed files of a folder by path; undefined for a path that is no file. */
export type CommittedFiles = ReadonlyMap<string, TreeEntry | undefined>;

/** A repository that `withQuietGit` reads. */
export interface ObjectStore {
  readonly git: QuietGit;
  /** The folder with the objects. */
  readonly folder: string;
}

/** Reads the whole tree of a commit. @throws GitError */
export async function readCommitTree(
  { git, folder }: ObjectStore,
  commit: string,
): Promise<CommitTree> {
  const entries = parseTreeListing(await git.objects(folder, 'ls-tree', '-r', '-z', '-l', commit));
  const targets = new Map<string, string>();
  for (const { kind, hash } of entries.values())
    if (kind === 'link' && !targets.has(hash))
      targets.set(hash, await git.objects(folder, 'cat-file', 'blob', hash));
  return makeCommitTree(entries, targets);
}

/** Reads one folder of a commit; the whole commit only where links need it. @throws GitError */
export async function readCommitFolder(
  store: ObjectStore,
  commit: string,
  place: string,
): Promise<CommittedFiles> {
  const tree = place === '' ? commit : `${commit}:${place}`;
  const listing = await store.git.objects(store.folder, 'ls-tree', '-r', '-z', '-l', tree);
  const entries = parseTreeListing(listing);
  if (![...entries.values()].some(({ kind }) => kind === 'link')) return entries;
  return filesOf(await readCommitTree(store, commit), place);
}

/** The files of a folder, with those that links name. */
export function filesOf(tree: CommitTree, place: string): CommittedFiles {
  return new Map(
    tree.entriesOf(place).map((one) => [one.path, 'entry' in one ? one.entry : undefined]),
  );
}

/** The first path that differs between a commit and the files; undefined when none does. */
export function firstDifference(
  committed: CommittedFiles,
  files: readonly Pick<SourceFile, 'path' | 'bytes'>[],
): string | undefined {
  const left = new Set(committed.keys());
  for (const { path, bytes } of files) {
    const { hash, kind } = committed.get(path) ?? {};
    if (hash === undefined || kind !== 'file' || gitHash(bytes, hash.length) !== hash) return path;
    left.delete(path);
  }
  return left.values().next().value;
}

// As git hash-object: type and size precede the bytes. Repositories in SHA-256 format have 64
// digits.
function gitHash(bytes: Uint8Array, digits: number): string {
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}
