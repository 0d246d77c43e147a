/**
 * Removes files of uploads that never became a version: their process was killed, or their last
 * step was refused. A file goes only when it is old, no row names it, and nobody has written or
 * kept it since this process began. Bundles of statements, reports and prose are JSON, which rows
 * may name by other ways, so no JSON goes but lists of files.
 *
 * R2 has no sweep: it deletes without a condition, so an upload could lose a blob that it has just
 * found there.
 */

import { open, readFile } from 'node:fs/promises';
import { parseBundle } from '../../../skills-index/skill/bundle.ts';
import { type Digest, digestOf, parseDigest } from '../../../skills-index/skill/digest.ts';
import type { Registry } from '../../context.ts';
import { type Pace, pauseAfter } from '../../pace.ts';
import { absent, objectPath, type Removals, storedDigests } from '../disk/disk-objects.ts';
import { storedBlobName } from '../objects.ts';
import { fileListBytesMax, namedAmong } from './named-blobs.ts';

/**
 * How long a file that no row names stays, how many files one step of the sweep looks at, and the
 * pause after each step. A sweep ends early when so many objects were written meanwhile.
 */
const orphanAgeMs = 7 * 24 * 3_600_000;

export const sweepPace: Pace = { least: 50, times: 0, busy: 500 };

export const sweptAtOnce = 200;

const usedNamesMax = 200_000;

interface OrphanSweep {
  /** The folder of all objects. */
  readonly folder: string;
  readonly removals: Removals;
  /** When this process began, in milliseconds since 1970. */
  readonly began: number;
  /** Ends the sweep; the next start goes on. */
  readonly signal: AbortSignal;
  /** Whether the database lacks entries of the log: then its rows do not show what is named. */
  isBehind(): boolean;
}

/**
 * Sweeps the stored blobs once, a few at a time.
 * @returns the number of removed files
 */
export async function sweepOrphans(
  registry: Pick<Registry, 'db'>,
  { folder, removals, began, signal, isBehind }: OrphanSweep,
): Promise<number> {
  let removed = 0;
  const sweep = async (digests: readonly Digest[]): Promise<void> => {
    const named = await namedAmong(registry.db, digests);
    for (const digest of digests) {
      const path = objectPath(folder, storedBlobName(digest));
      if (named.has(digest) || !(await mayGo(path, began - orphanAgeMs))) continue;
      if (signal.aborted || isBehind()) return;
      if (removals.remove(storedBlobName(digest))) removed++;
    }
    await pauseAfter(sweepPace, signal);
  };
  let some: Digest[] = [];
  for await (const hex of storedDigests(folder)) {
    if (signal.aborted || removals.inUse.size > usedNamesMax) return removed;
    some.push(parseDigest(`sha256:${hex}`));
    if (some.length < sweptAtOnce) continue;
    await sweep(some);
    some = [];
  }
  if (some.length > 0) await sweep(some);
  return removed;
}

/** Whether an unnamed file is old, and neither evidence nor anything else in JSON. */
async function mayGo(path: string, before: number): Promise<boolean> {
  const file = await open(path, 'r').catch(absent);
  if (file === undefined) return false;
  try {
    const { mtimeMs, size } = await file.stat();
    if (mtimeMs >= before) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, 0);
    if (bytesRead === 0 || buffer.toString('latin1') !== '{') return true;
    return size <= fileListBytesMax && isFileList(await readFile(path));
  } finally {
    await file.close();
  }
}

function isFileList(bytes: Uint8Array): boolean {
  try {
    return parseBundle(bytes).digest === digestOf(bytes);
  } catch {
    return false;
  }
}
