/** Reads and writes the nodes of the log's map in the database. */
import { and, desc, eq, lte, sql } from 'drizzle-orm';
import {
  hashAt,
  type MapLeaf,
  type MapNode,
  type MapNodeAt,
  type MapPath,
  mapDepth,
  nextMapValue,
  pathOf,
  placesAround,
  proveKey,
  provenValue,
  putLeaves,
} from '../../skills-index/log/map-tree.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { mapKeyOf } from '../../skills-index/trust/members-and-scopes/map-names.ts';
import type { Registry } from '../context.ts';
import { BatchClash, type BatchWrite, isAmong, logIndexTaken } from '../store/batch.ts';
import { mapNodes } from '../store/identity-schema.ts';
import { log, statusFile } from '../store/schema.ts';

/** Bits of the map's paths that one query reads; the leaves of a million names lie below 32. */
const mapBitsAtOnce = 32;

/**
 * For so many entries below the head that the status shows, the registry keeps the nodes of the map
 * that later entries replaced. A host can then get the proofs of the head that it was shown.
 */
export const mapEntriesKept = 500;

/** The map with more log indexes, and the writes that keep it. */
export interface PlannedMap {
  readonly root: Hash;
  readonly writes: readonly BatchWrite[];
}

/**
 * Plans the map after a batch of log entries.
 * @param before the root of the map, and the size of the log that it covers
 * @param entries the names of each appended entry
 * @param size of the log after the batch
 * @throws Problem `database-damaged` when the nodes do not lead to the root
 */
export async function planMap(
  registry: Registry,
  before: { readonly root: Hash; readonly size: number },
  entries: readonly { readonly index: number; readonly names: readonly string[] }[],
  size: number,
): Promise<PlannedMap> {
  const indexes = new Map<string, number[]>();
  for (const { index, names } of entries)
    for (const name of names) indexes.set(name, [...(indexes.get(name) ?? []), index]);
  if (indexes.size === 0) return { root: before.root, writes: [] };
  const added = [...indexes].map(([name, list]) => ({ key: mapKeyOf(name), list }));
  const keys = added.map(({ key }) => key);
  const nodeAt = await readNodes(registry, keys, before);
  const leaves = added.flatMap(({ key, list }): MapLeaf[] => {
    const { leaf } = proveKey(nodeAt, key);
    const isOwn = leaf !== undefined && Buffer.compare(leaf.key, key) === 0;
    const value = list.reduce<Hash | undefined>(nextMapValue, isOwn ? leaf.value : undefined);
    return value === undefined ? [] : [{ key, value }];
  });
  const changed = putLeaves(nodeAt, leaves);
  return { root: hashAt(changed.get('')), writes: nodeWrites(changed, size) };
}

/**
 * The nodes on the paths of keys, and the nodes next to them, in the map of a log of `size`
 * entries.
 * @throws Problem `database-damaged` when the nodes do not lead to the root
 */
export async function readNodes(
  { db }: Registry,
  keys: readonly Hash[],
  { root, size }: { readonly root: Hash; readonly size: number },
): Promise<MapNodeAt> {
  const nodes = new Map<MapPath, MapNode>();
  let due = keys;
  for (let from = 0; due.length > 0 && from <= mapDepth; from += mapBitsAtOnce) {
    const upTo = Math.min(from + mapBitsAtOnce - 1, mapDepth);
    const places = new Set(due.flatMap((key) => placesAround(key, from, upTo)));
    const node = sql<
      string | null
    >`(SELECT ${mapNodes.node} FROM ${mapNodes} WHERE ${mapNodes.path} = value AND ${mapNodes.size} <= ${size} ORDER BY ${mapNodes.size} DESC LIMIT 1)`;
    // One seek for each path: a node near the root has a row for nearly every statement.
    const rows = await db.read
      .select({ path: sql<string>`value`, node })
      .from(sql`json_each(${JSON.stringify([...places])})`);
    for (const { path, node } of rows) if (node !== null) nodes.set(path, parseNode(node));
    due = due.filter((key) => {
      const node = nodes.get(pathOf(key).slice(0, upTo));
      return node !== undefined && 'hash' in node;
    });
  }
  const nodeAt = (path: MapPath) => nodes.get(path);
  for (const key of keys)
    if (provenValue(root, key, proveKey(nodeAt, key)) === undefined) throw damagedMap();
  return nodeAt;
}

/**
 * The result of a read of the map. Another process may change the map between the statements of one
 * read: then the read is tried again, and nothing is damaged.
 * @param hasMoved whether the map that the read began with is outdated
 * @throws BatchClash when it is
 */
export async function clashIfMoved<Result>(
  reading: Promise<Result>,
  hasMoved: () => Promise<boolean>,
): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    const isTorn = cause instanceof Problem && cause.code === 'database-damaged';
    if (isTorn && (await hasMoved())) throw new BatchClash(logIndexTaken, cause);
    throw cause;
  }
}

async function rootNode({ db }: Registry, size: number): Promise<MapNode | undefined> {
  const [row] = await db.read
    .select({ node: mapNodes.node })
    .from(mapNodes)
    .where(and(eq(mapNodes.path, ''), lte(mapNodes.size, size)))
    .orderBy(desc(mapNodes.size))
    .limit(1);
  return row === undefined ? undefined : parseNode(row.node);
}

/**
 * The map at a head that the log had; undefined within a batch, where the log had no head. The rows
 * of a segment have no map, and the stored nodes have it.
 */
export async function mapAtHead(registry: Registry, size: number): Promise<Hash | undefined> {
  const { body, map, laterInBatch } = log;
  const [row] = await registry.db.read
    .select({ body, map, laterInBatch })
    .from(log)
    .where(eq(log.index, size - 1));
  if (row === undefined || row.laterInBatch > 0) return undefined;
  if (row.map !== null) return Buffer.from(row.map, 'base64');
  const node = row.body === '' ? await rootNode(registry, size) : undefined;
  return node && hashAt(node);
}

/** The failure of a read whose nodes of the map do not lead to the map's root. */
export function damagedMap(): Problem {
  return new Problem(
    'database-damaged',
    'The rows of the log’s map are damaged: they do not lead to the root that the log has',
    {
      hint: 'Restore the newest copy of the folder: docs/registry-reference.md, "The database is damaged".',
    },
  );
}

/** The writes of changed nodes, which count from a log of `size` entries on. */
function nodeWrites(changed: ReadonlyMap<MapPath, MapNode>, size: number): readonly BatchWrite[] {
  const list = JSON.stringify([...changed].map(([path, node]) => [path, printNode(node)]));
  const rows = sql`SELECT json_extract(value, '$[0]'), ${size}, json_extract(value, '$[1]') FROM json_each(${list}) WHERE true`;
  return [
    (db) =>
      db
        .insert(mapNodes)
        .select(rows)
        .onConflictDoUpdate({
          target: [mapNodes.path, mapNodes.size],
          set: { node: sql`excluded.node` },
        }),
    (db) => db.delete(mapNodes).where(isOutdated([...changed.keys()])),
  ];
}

// Nobody gets a map that is much older than the head of the last status.
function isOutdated(paths: readonly MapPath[]) {
  const oldest = sql`(SELECT COALESCE(MAX(${statusFile.logSize}), 0) - ${mapEntriesKept} FROM ${statusFile})`;
  const newest = sql`(SELECT MAX(later.size) FROM ${mapNodes} AS later WHERE later.path = ${mapNodes.path} AND later.size <= ${oldest})`;
  // The first condition is there for the index: most rows of a node near the root are newer.
  return and(
    isAmong(mapNodes.path, paths),
    sql`${mapNodes.size} < ${oldest}`,
    sql`${mapNodes.size} < ${newest}`,
  );
}

/** A node as its row has it, in base64. */
export function printNode(node: MapNode): string {
  const bytes = 'hash' in node ? node.hash : Buffer.concat([node.leaf.key, node.leaf.value]);
  return Buffer.from(bytes).toString('base64');
}

/** Parses the node of a row. @throws Problem `database-damaged` */
export function parseNode(text: string): MapNode {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.byteLength === 32) return { hash: bytes };
  if (bytes.byteLength !== 64) throw damagedMap();
  return { leaf: { key: bytes.subarray(0, 32), value: bytes.subarray(32) } };
}
