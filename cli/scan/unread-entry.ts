/**
 * The entry for a file that is left out of a skill: its size and digest, read as a stream and never
 * in memory as a whole.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { UnreadEntry } from '../../scanner/extract.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';

/** Bytes that may still be read only for digests. */
export interface HashBudget {
  bytesLeft: number;
}

/**
 * @param size size of the open file. A file over the budget gets no digest, and the reason says so
 */
export async function describeUnread(
  file: FileHandle,
  size: number,
  { reason, budget }: { readonly reason: string; readonly budget: HashBudget },
): Promise<Omit<UnreadEntry, 'path'>> {
  if (size > budget.bytesLeft) return { reason: `${reason}; too large to be hashed`, bytes: size };
  budget.bytesLeft -= size;
  const hash = createHash('sha256');
  let bytes = 0;
  // At most the size at the start, because a growing file has no end.
  if (size > 0) {
    for await (const part of file.createReadStream({ start: 0, end: size - 1, autoClose: false })) {
      hash.update(part);
      bytes += part.length;
    }
  }
  if (bytes !== size) return { reason: `${reason}; changed while it was hashed`, bytes: size };
  return { reason, bytes, sha256: `sha256:${hash.digest('hex')}` as Digest };
}
