/**
 * After a rotation of the log key, a head that an earlier key signed counts when a proof shows that
 * the present head continues it.
 */
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import type { Registry } from '../context.ts';
import { hasRetiredLogKey } from './log-key.ts';
import { readConsistency } from './tiles.ts';

/**
 * Proofs from the head of each logged statement to the log's head of a size. A log with only one
 * key needs none.
 */
export async function proofsOfHeads(
  registry: Registry,
  statements: Iterable<Uint8Array>,
  size: number,
): Promise<{ readonly consistency?: ReadonlyMap<number, readonly Hash[]> }> {
  if (!hasRetiredLogKey(registry)) return {};
  const consistency = new Map<number, Hash[]>();
  for (const bytes of statements) {
    const first = headSizeOf(bytes);
    if (first < size && !consistency.has(first))
      consistency.set(first, await readConsistency(registry, first, size));
  }
  return { consistency };
}

/** The tree size in a bundle that this registry made. */
export function headSizeOf(bytes: Uint8Array): number {
  const { verificationMaterial } = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return Number(verificationMaterial.tlogEntries[0].inclusionProof.treeSize);
}
