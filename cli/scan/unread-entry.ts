/**
 * What is told of a file that is not taken into a skill: its true size and digest, read as a stream
 * and never held whole.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { UnreadEntry } from '../../scanner/extract.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';

/** Bytes that may still be read for digests alone. */
export interface HashBudget {
  bytesLeft: number;
}

/**
 * @param size as the open file says it; digests of what is over the budget are not made, and the
 * reason says so
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
  // No further than the size it had: a file that grows has no end.
  if (size > 0) {
    for await (const part of file.createReadStream({ start: 0, end: size - 1, autoClose: false })) {
      hash.update(part);
      bytes += part.length;
    }
  }
  if (bytes !== size) return { reason: `${reason}; changed while it was hashed`, bytes: size };
  return { reason, bytes, sha256: `sha256:${hash.digest('hex')}` as Digest };
}
