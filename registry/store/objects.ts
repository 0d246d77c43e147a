/** Objects: bytes under names, on disk or in R2. Blobs: bytes under their own digest. */
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { writeAttemptsMax } from './batch.ts';

/** The name under which a static host serves the file. */
export const statusName = 'public/index/status.json';

export const objectWritesAtOnce = 16;

/** The bytes of an object, and a tag that changes with the bytes. */
export interface TaggedBytes {
  readonly bytes: Uint8Array;
  readonly tag: string;
}

/** Names are relative paths with `/`. A static host may serve `public/…` as it is. */
export interface Objects {
  get(name: string): Promise<Uint8Array | undefined>;
  getTagged(name: string): Promise<TaggedBytes | undefined>;
  has(name: string): Promise<boolean>;
  /** Atomic, and durable when it resolves. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * As `put`, but only if the object still has this tag, or is still absent when there is no tag.
   * @returns whether it was written
   */
  putOver(name: string, bytes: Uint8Array, tag: string | undefined): Promise<boolean>;
  /**
   * Puts several objects. Each is atomic; all are durable when it resolves. It is cheaper than one
   * by one.
   */
  putAll(all: ReadonlyMap<string, Uint8Array>, options?: ObjectPutOptions): Promise<void>;
  /** Removes objects, also those that are gone already. */
  remove(names: readonly string[]): Promise<void>;
  /**
   * Keeps an object that a row will name soon from a sweep. Absent where nothing sweeps.
   * @returns whether the object is still there
   */
  readonly keep?: (name: string) => Promise<boolean>;
}

interface ObjectPutOptions {
  /**
   * Whether the bytes can be made again from rows of the database, and are compared with their
   * digest at each read. Then the put does not wait for the disk: after a power failure an object
   * may be missing, or have other bytes.
   */
  readonly isRebuildable?: boolean;
}

/** The name of bytes that only members and the author may read. */
export function storedBlobName(digest: Digest): string {
  return `stored/sha256/${hexOf(digest)}`;
}

/** The name of bytes that an approved version's index line needs. */
export function publicBlobName(digest: Digest): string {
  return `public/blobs/sha256/${hexOf(digest)}`;
}

/** The name of an earlier root file. */
export function earlierRootName(fingerprint: Digest): string {
  return `public/index/roots/${hexOf(fingerprint)}.json`;
}

/**
 * Stores the blobs that are missing. Stored bytes are compared and not trusted, so an upload
 * repairs a damaged blob.
 */
export async function putBlobs(
  objects: Objects,
  all: Iterable<Uint8Array>,
  options?: ObjectPutOptions,
): Promise<void> {
  const missing = new Map<string, Uint8Array>();
  await forEachOf(all, async (bytes) => {
    const name = storedBlobName(digestOf(bytes));
    const there = await objects.get(name);
    const isThere = there !== undefined && Buffer.compare(there, bytes) === 0;
    // A sweep may be about to remove the blob, which nothing names yet.
    if (!isThere || (await objects.keep?.(name)) === false) missing.set(name, bytes);
  });
  await objects.putAll(missing, options);
}

/**
 * Replaces an object that several processes write. The object is read before `make` reads the
 * database, and replaced only if it is unchanged, so that no writer puts older bytes over newer
 * ones.
 * @returns the object's bytes now
 * @throws Problem `registry-busy` after `writeAttemptsMax` attempts in which another writer was
 * faster
 */
export async function replaceObject(
  objects: Objects,
  name: string,
  make: (before: Uint8Array | undefined) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  for (let tries = 0; tries < writeAttemptsMax; tries++) {
    const before = await objects.getTagged(name);
    const bytes = await make(before?.bytes);
    if (before !== undefined && Buffer.compare(before.bytes, bytes) === 0) return bytes;
    if (await objects.putOver(name, bytes, before?.tag)) return bytes;
  }
  throw new Problem(
    'registry-busy',
    `Cannot write ${name}: other requests changed this object at the same time`,
  );
}

/** The stored or the public copy of a blob, whichever has the right bytes. */
export async function soundCopyOf(
  objects: Objects,
  digest: Digest,
): Promise<Uint8Array | undefined> {
  for (const name of [storedBlobName(digest), publicBlobName(digest)]) {
    const bytes = await objects.get(name);
    if (bytes !== undefined && digestOf(bytes) === digest) return bytes;
  }
  return undefined;
}

/**
 * Runs a task for each item, a few at a time.
 * @param atOnce how many run at one time
 */
export async function forEachOf<Item>(
  items: Iterable<Item>,
  act: (item: Item) => Promise<void>,
  atOnce = objectWritesAtOnce,
): Promise<void> {
  const waiting = [...items];
  const next = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, next));
}

/**
 * Reads a stored blob of a folder that nobody serves, and checks its digest.
 * @throws Problem `not-found`, `blob-damaged`
 */
export async function readBlob(objects: Objects, digest: Digest): Promise<Uint8Array> {
  const bytes = await objects.get(storedBlobName(digest));
  if (bytes === undefined) throw new Problem('not-found', `There is no blob ${digest}`);
  if (digestOf(bytes) !== digest)
    throw new Problem('blob-damaged', `The blob ${digest} is damaged on its disk`);
  return bytes;
}
