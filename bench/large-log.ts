/**
 * A log of any size for measuring: its leaves follow from their index, and only nodes of level 8
 * and up are kept in memory.
 */
import { hash } from 'node:crypto';
import type { CompactRange } from '../skills-index/log/compact-range.ts';
import { type Hash, type NodeAt, nodeHash } from '../skills-index/log/merkle-tree.ts';

const tileLevel = 8;
const width = 2 ** tileLevel;

export interface LargeLog {
  readonly size: number;
  readonly range: CompactRange;
  readonly nodeAt: NodeAt;
  leafAt(index: number): Hash;
}

export function makeLargeLog(size: number): LargeLog {
  const levels = [Buffer.alloc(Math.floor(size / width) * 32)];
  const work = Buffer.alloc(width * 32);
  const input = Buffer.alloc(65, 1);
  // Every node of the tree is hashed once, without a copy of its own.
  for (let tile = 0; tile * width + width <= size; tile++) {
    for (let leaf = 0; leaf < width; leaf++) writeLeaf(work, leaf * 32, tile * width + leaf);
    for (let nodes = width / 2; nodes >= 1; nodes /= 2) {
      for (let node = 0; node < nodes; node++) {
        work.copy(input, 1, node * 64, node * 64 + 64);
        hash('sha256', input, 'buffer').copy(work, node * 32);
      }
    }
    work.copy(levels[0] ?? work, tile * 32, 0, 32);
  }
  for (let below = levels[0]; below !== undefined && below.length >= 64; below = levels.at(-1)) {
    const above = Buffer.alloc(Math.floor(below.length / 64) * 32);
    for (let node = 0; node * 32 < above.length; node++) {
      below.copy(input, 1, node * 64, node * 64 + 64);
      hash('sha256', input, 'buffer').copy(above, node * 32);
    }
    levels.push(above);
  }
  const nodeAt: NodeAt = (level, index) => {
    if (level === 0) return leafAt(index);
    if (level < tileLevel)
      return nodeHash(nodeAt(level - 1, index * 2), nodeAt(level - 1, index * 2 + 1));
    return levels[level - tileLevel]?.subarray(index * 32, index * 32 + 32) ?? Buffer.alloc(0);
  };
  return { size, range: rangeOf(size, nodeAt), nodeAt, leafAt };
}

function leafAt(index: number): Hash {
  const leaf = Buffer.alloc(32);
  writeLeaf(leaf, 0, index);
  return leaf;
}

// What is under test hashes leaves; here any 32 bytes of their own will do.
function writeLeaf(into: Buffer, at: number, index: number): void {
  into.fill(0x5a, at, at + 32);
  into.writeUInt32LE(index, at);
}

// Each one bit of the size is a perfect subtree, the largest first.
function rangeOf(size: number, nodeAt: NodeAt): CompactRange {
  const peaks: Hash[] = [];
  let from = 0;
  for (let level = Math.floor(Math.log2(Math.max(size, 1))); level >= 0; level--) {
    const leaves = 2 ** level;
    if (Math.floor(size / leaves) % 2 === 0) continue;
    peaks.push(nodeAt(level, from / leaves));
    from += leaves;
  }
  return { size, peaks };
}
