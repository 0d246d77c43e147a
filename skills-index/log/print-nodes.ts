/**
 * Chooses the nodes of a log's tree that a host needs, and prints them as `parseNodes` reads them.
 * A registry prints, a host only reads.
 */
import { consistencyProofFrom, type Hash, type NodeAt, subtreeRoot } from './merkle-tree.ts';
import { nodeKey } from './tree-nodes.ts';

/** The place of a node in a log's tree. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

/** A node of a log's tree, and the node's hash. */
export interface TreeNode extends NodePlace {
  readonly hash: Hash;
}

/**
 * The nodes that prove each head up to the largest, and the complete subtrees of the largest. A
 * later head of the log needs further nodes to the right of the largest head only.
 * @param sizes of heads; at least one
 */
export function placesOfHeads(sizes: readonly number[]): readonly NodePlace[] {
  const size = Math.max(...sizes);
  const wanted = new Map<string, NodePlace>();
  const collect: NodeAt = (level, index) => {
    wanted.set(nodeKey(level, index), { level, index });
    return new Uint8Array(32);
  };
  subtreeRoot(0, size, collect);
  for (const first of new Set(sizes)) if (first < size) consistencyProofFrom(first, size, collect);
  return [...wanted.values()];
}

/**
 * The nodes that lead from a head to a later one, also for heads that `placesOfHeads` leads to the
 * first of the two.
 */
export function placesBetween(from: number, size: number): readonly NodePlace[] {
  const wanted = new Map(placesOfHeads([from, size]).map((place) => [keyOf(place), place]));
  // Complete subtrees that the first head divides: an older head may need each of them whole.
  for (let level = 0; ; level++) {
    const place = { level, index: Math.floor((from - 1) / 2 ** level) };
    if ((place.index + 1) * 2 ** level > size) return [...wanted.values()];
    wanted.set(keyOf(place), place);
  }
}

function keyOf({ level, index }: NodePlace): string {
  return nodeKey(level, index);
}

/** The bytes of nodes; at least the heading. */
export function printNodes(nodes: Iterable<TreeNode>): Uint8Array {
  const rows = [...nodes].map(({ level, index, hash }) => {
    const place = Buffer.alloc(7);
    place.writeUInt8(level);
    place.writeUIntBE(index, 1, 6);
    return Buffer.concat([place, hash]);
  });
  return Buffer.concat([Buffer.from('skillgate.nodes/1\n'), ...rows]);
}
