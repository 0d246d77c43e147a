/**
 * After a rotation of the log's key: heads that an earlier key signed count where the present one
 * is shown to continue them.
 */
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import type { Registry } from '../context.ts';
import { hasRetiredLogKey } from './log-key.ts';
import { readConsistency } from './tiles.ts';

/**
 * Proofs from the head of each logged statement to the log's head of a size; none are needed while
 * the log has one key.
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

/** Of a bundle that was made here. */
function headSizeOf(bytes: Uint8Array): number {
  const { verificationMaterial } = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return Number(verificationMaterial.tlogEntries[0].inclusionProof.treeSize);
}
