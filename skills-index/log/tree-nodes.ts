/**
 * Hashes of single nodes of a log's tree, as bytes. With them, a proof from an older head needs
 * only the tiles at the end of the log. Nobody trusts the hashes: a proof that they lead to is
 * verified.
 */
import type { Hash, NodeAt } from './merkle-tree.ts';

/** The hash of each node, by `nodeKey`. */
export type TreeNodes = ReadonlyMap<string, Hash>;

const heading = Buffer.from('skillgate.nodes/1\n');
// The level in 8 bits, the index in 48 bits, and the hash.
const nodeBytes = 39;

export function nodeKey(level: number, index: number): string {
  return `${level}/${index}`;
}

/** The same nodes, and those of `nodes` without a question to `nodeAt`. */
export function nodesFirst(nodes: TreeNodes, nodeAt: NodeAt): NodeAt {
  return (level, index) => nodes.get(nodeKey(level, index)) ?? nodeAt(level, index);
}

/** The nodes in bytes; none for bytes in another form. */
export function parseNodes(bytes: Uint8Array | undefined): TreeNodes {
  const nodes = new Map<string, Hash>();
  const content = Buffer.from(bytes ?? []);
  if (!content.subarray(0, heading.byteLength).equals(heading)) return nodes;
  for (let at = heading.byteLength; at + nodeBytes <= content.byteLength; at += nodeBytes) {
    const key = nodeKey(content.readUInt8(at), content.readUIntBE(at + 1, 6));
    nodes.set(key, content.subarray(at + 7, at + nodeBytes));
  }
  return nodes;
}
