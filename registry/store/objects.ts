/** Bytes under names, on disk or in R2; and blobs: bytes under their own digest. */
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { objectWritesAtOnce, writeAttemptsMax } from '../limits.ts';

/** What an object holds, and a tag that another content would not have. */
export interface TaggedBytes {
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/** Names are relative paths with `/`. `public/…` is what a static host may serve as it is. */
export interface Objects {
  get(name: string): Promise<Uint8Array | undefined>;
  getTagged(name: string): Promise<TaggedBytes | undefined>;
  has(name: string): Promise<boolean>;
  /** Atomic, and durable when it resolves. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * As `put`, but only while the object still has the tag, or is still absent where there is none.
   * @returns whether it was written
   */
  putOver(name: string, bytes: Uint8Array, tag: string | undefined): Promise<boolean>;
  /** Several, each atomic, all durable when it resolves: cheaper than one by one. */
  putAll(all: ReadonlyMap<string, Uint8Array>): Promise<void>;
}

/** Where bytes lie that only members and the author may read. */
export function storedBlobName(digest: Digest): string {
  return `stored/sha256/${hexOf(digest)}`;
}

/** Where bytes lie that an approved version's index line needs. */
export function publicBlobName(digest: Digest): string {
  return `public/blobs/sha256/${hexOf(digest)}`;
}

/** Where a root file lies that was in force before. */
export function earlierRootName(fingerprint: Digest): string {
  return `public/index/roots/${hexOf(fingerprint)}.json`;
}

/** Stores bytes under their digest unless they are there. */
export async function putBlob(objects: Objects, bytes: Uint8Array): Promise<Digest> {
  await putBlobs(objects, [bytes]);
  return digestOf(bytes);
}

/**
 * Stores several that are not there yet. What lies under a digest is compared, not believed: so an
 * upload mends a damaged blob.
 */
export async function putBlobs(objects: Objects, all: Iterable<Uint8Array>): Promise<void> {
  const missing = new Map<string, Uint8Array>();
  await forEachOf(all, async (bytes) => {
    const name = storedBlobName(digestOf(bytes));
    const there = await objects.get(name);
    if (there === undefined || Buffer.compare(there, bytes) !== 0) missing.set(name, bytes);
  });
  await objects.putAll(missing);
}

/**
 * Replaces an object that several processes write. What is there is read before `make` reads the
 * database, and replaced only if it is still there, so that no writer puts older bytes over newer
 * ones.
 * @returns what the object holds now
 * @throws Problem `registry-busy` after `writeAttemptsMax` attempts in which another was faster
 */
export async function replaceObject(
  objects: Objects,
  name: string,
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  for (let tries = 0; tries < writeAttemptsMax; tries++) {
    const before = await objects.getTagged(name);
    const bytes = await make();
    if (before !== undefined && Buffer.compare(before.bytes, bytes) === 0) return bytes;
    if (await objects.putOver(name, bytes, before?.tag)) return bytes;
  }
  throw new Problem('registry-busy', `Cannot write ${name}: other requests changed it`);
}

/** Does something with each, a few at a time. */
export async function forEachOf<Item>(
  items: Iterable<Item>,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const next = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(objectWritesAtOnce, waiting.length) }, next));
}

/**
 * Reads a stored blob of a folder that nobody serves, and checks that it is the one asked for.
 * @throws Problem `not-found`, `blob-damaged`
 */
export async function readBlob(objects: Objects, digest: Digest): Promise<Uint8Array> {
  const bytes = await objects.get(storedBlobName(digest));
  if (bytes === undefined) throw new Problem('not-found', `There is no blob ${digest}`);
  if (digestOf(bytes) !== digest)
    throw new Problem('blob-damaged', `The blob ${digest} is damaged on its disk`);
  return bytes;
}
