/** Decides whether a consistency proof convicts a log of two histories. */
import { type ConsistencyClaim, isConsistencyClaim, rootsShownBy } from './merkle-tree.ts';

/**
 * Whether a proof shows that the second tree begins with another tree than the first tree. Nobody
 * can forge such a proof. When the first tree's size is a power of two, a proof contains the first
 * root hash itself, so the proof shows no other past.
 */
export function provesOtherPast(claim: ConsistencyClaim): boolean {
  const { first, second } = claim;
  if (!isConsistencyClaim(claim) || first.size === 0 || first.size === second.size) return false;
  const shown = rootsShownBy(claim);
  return (
    shown !== undefined &&
    Buffer.compare(shown.newer, second.root) === 0 &&
    Buffer.compare(shown.older, first.root) !== 0
  );
}
