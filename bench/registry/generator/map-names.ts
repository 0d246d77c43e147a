/** Puts generated names into the map of a log. */
import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { parseNode, printNode } from '../../../registry/log/map-nodes.ts';
import {
  hashAt,
  type MapLeaf,
  type MapNodeAt,
  mapValueOf,
  putLeaves,
} from '../../../skills-index/log/map-tree.ts';
import type { Hash } from '../../../skills-index/log/merkle-tree.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import {
  bundleMapName,
  mapKeyOf,
  mapNameKinds,
} from '../../../skills-index/trust/members-and-scopes/map-names.ts';

const leavesAtOnce = 5_000;

/**
 * Adds the leaves, from a log of `size` entries on.
 * @returns the root of the map
 */
export function addToMap(db: Database, leaves: readonly MapLeaf[], size: number): Hash {
  const newest = db
    .prepare('SELECT node FROM map_nodes WHERE path = ? ORDER BY size DESC LIMIT 1')
    .pluck();
  const insert = db.prepare('INSERT OR REPLACE INTO map_nodes (path, size, node) VALUES (?, ?, ?)');
  const nodeAt: MapNodeAt = (path) => {
    const text = newest.get(path);
    return typeof text === 'string' ? parseNode(text) : undefined;
  };
  // Leaves side by side share most of the nodes above them, which are hashed and written once.
  const sorted = leaves.toSorted((a, b) => Buffer.compare(a.key, b.key));
  for (let from = 0; from < sorted.length; from += leavesAtOnce) {
    const changed = putLeaves(nodeAt, sorted.slice(from, from + leavesAtOnce));
    db.transaction(() => {
      for (const [path, node] of changed) insert.run(path, size, printNode(node));
    })();
  }
  return hashAt(nodeAt(''));
}

/** The names of revoked bundles that no version has. */
export function leavesOfStops(count: number, size: number): MapLeaf[] {
  return Array.from({ length: count }, () =>
    leafOf(bundleMapName(digestOf(randomBytes(32))), [size - 1]),
  );
}

/** The names of all statements from a log index on. No earlier statement may have one of them. */
export function leavesFrom(db: Database, logIndex: number): MapLeaf[] {
  const rows = db
    .prepare('SELECT name, logIndex FROM identity_names WHERE logIndex >= ? ORDER BY logIndex')
    .all(logIndex) as { readonly name: string; readonly logIndex: number }[];
  const named = rows.filter(({ name }) => mapNameKinds.some((kind) => name.startsWith(`${kind}/`)));
  return [...Map.groupBy(named, ({ name }) => name)].map(([name, entries]) =>
    leafOf(
      name,
      entries.map((entry) => entry.logIndex),
    ),
  );
}

function leafOf(name: string, logIndexes: readonly number[]): MapLeaf {
  const value = mapValueOf(logIndexes);
  if (value === undefined) throw new Error(`${name} has no log index`);
  return { key: mapKeyOf(name), value };
}
