/**
 * Puts the names of many revoked bundles into the map of a log: the part of their statements that a
 * host meets when it asks for the proofs of another version.
 */
import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { parseNode, printNode } from '../../registry/log/map-nodes.ts';
import { hashAt, type MapNodeAt, mapValueOf, putLeaves } from '../../skills-index/log/map-tree.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { bundleMapName, mapKeyOf } from '../../skills-index/trust/members-and-scopes/map-names.ts';

const namesAtOnce = 5_000;

/**
 * Adds the names, from a log of `size` entries on.
 * @returns the root of the map
 */
export function addStoppedNames(db: Database, count: number, size: number): Hash {
  const newest = db
    .prepare('SELECT node FROM map_nodes WHERE path = ? ORDER BY size DESC LIMIT 1')
    .pluck();
  const insert = db.prepare('INSERT OR REPLACE INTO map_nodes (path, size, node) VALUES (?, ?, ?)');
  const nodeAt: MapNodeAt = (path) => {
    const text = newest.get(path);
    return typeof text === 'string' ? parseNode(text) : undefined;
  };
  const value = mapValueOf([size - 1]);
  if (value === undefined) throw new Error('one log index has a value');
  for (let left = count; left > 0; left -= namesAtOnce) {
    const names = Array.from({ length: Math.min(left, namesAtOnce) }, () =>
      bundleMapName(digestOf(randomBytes(32))),
    );
    const changed = putLeaves(
      nodeAt,
      names.map((name) => ({ key: mapKeyOf(name), value })),
    );
    db.transaction(() => {
      for (const [path, node] of changed) insert.run(path, size, printNode(node));
    })();
  }
  return hashAt(nodeAt(''));
}
