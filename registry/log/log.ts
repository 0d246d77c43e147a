/** Reads the transparency log in the database: its tree and its newest checkpoint. */
import { and, asc, desc, eq, gte, isNotNull, lt, max, sql } from 'drizzle-orm';
import { parseCheckpoint, verifyCheckpoint } from '../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { emptyMapRoot } from '../../skills-index/log/map-tree.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../skills-index/log/sign-cosignature.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import type { Db } from '../store/batch.ts';
import { preparedOnce } from '../store/prepared.ts';
import { log } from '../store/schema.ts';
import { type ReadDatabase, segmentWith } from './segments/read-segments.ts';

/** Size of the committed log: the index of the next entry. */
export async function logSize({ db }: Registry): Promise<number> {
  const [row] = await lastEntry(db).all();
  return (row?.last ?? -1) + 1;
}

const lastEntry = preparedOnce((db) =>
  db
    .select({ last: max(log.index) })
    .from(log)
    .prepare(),
);

/** The newest signed checkpoint as a whole note; undefined while the log is empty. */
export async function newestCheckpoint(
  registry: Registry,
): Promise<{ readonly size: number; readonly note: string } | undefined> {
  const [row] = await registry.db.read
    .select({ index: log.index, note: log.note, root: log.root, map: log.map })
    .from(log)
    .where(isNotNull(log.note))
    .orderBy(desc(log.index))
    .limit(1);
  if (row === undefined || row.note === null) return undefined;
  const size = row.index + 1;
  if (!isByRetiredKey(registry, row.note)) return { size, note: row.note };
  if (row.map === null) throw damagedEntry(row.index);
  const head = {
    origin: registry.root.origin,
    size,
    root: fromBase64(row.root),
    map: fromBase64(row.map),
  };
  // The same head under the key in force. The row keeps the note that was signed then.
  return { size, note: await signCheckpoint(head, registry.keys.log) };
}

/**
 * The checkpoint of all committed entries, also of entries whose storage failed. A signature is a
 * function of the head, so the same note is stored later.
 */
export async function committedCheckpoint(
  registry: Registry,
): Promise<{ readonly size: number; readonly note: string }> {
  const range = await readRange(registry);
  const head = {
    origin: registry.root.origin,
    size: range.size,
    root: rangeRoot(range),
    map: mapBefore(range),
  };
  return { size: range.size, note: await signCheckpoint(head, registry.keys.log) };
}

/** The map before the entries that are appended next. @throws Problem `database-damaged` */
export function mapBefore({ size, map }: LoggedRange): Hash {
  if (map !== undefined) return map;
  if (size === 0) return emptyMapRoot;
  throw damagedEntry(size - 1);
}

/** The tree of a log, with the root of the log’s map at the end of a batch. */
export interface LoggedRange extends CompactRange {
  readonly map?: Hash;
}

/**
 * The tree before entry `size`, or the whole committed tree. A segment keeps only its last peaks,
 * so a tree within a segment is computed from its leaves, and has no map.
 */
export async function readRange({ db }: ReadDatabase, size?: number): Promise<LoggedRange> {
  if (size === 0) return emptyRange;
  const [row] =
    size === undefined
      ? await newestRow(db).all()
      : await rowsOf(db.read).where(eq(log.index, size - 1));
  if (row === undefined && size !== undefined)
    throw new Problem('internal', `The log has no entry ${size - 1}`);
  if (row === undefined) return emptyRange;
  return row.peaks.length > 0 ? rangeOf(row) : rangeInSegment(db, row.index);
}

const rowsOf = (db: Db) =>
  db
    .select({
      index: log.index,
      peaks: log.peaks,
      root: log.root,
      note: log.note,
      map: log.map,
    })
    .from(log);

const newestRow = preparedOnce((db) =>
  rowsOf(db)
    .where(eq(log.index, sql`(SELECT MAX(${log.index}) FROM ${log})`))
    .prepare(),
);

/** The leaves of the whole segment have to lead to the tree of its last row. */
async function rangeInSegment(db: ReadDatabase['db'], index: number): Promise<CompactRange> {
  const segment = await segmentWith({ db }, index);
  // The last row of a segment has its peaks.
  if (segment === undefined || index === segment.until - 1) throw damagedEntry(index);
  const leaves = await db.read
    .select({ leafHash: log.leafHash })
    .from(log)
    .where(and(gte(log.index, segment.first), lt(log.index, segment.until)))
    .orderBy(asc(log.index));
  const before = await readRange({ db }, segment.first);
  const end = await readRange({ db }, segment.until);
  const append = (range: CompactRange, { leafHash }: { readonly leafHash: string }) =>
    appendLeaf(range, fromBase64(leafHash));
  const behind = index + 1 - segment.first;
  const found = leaves.slice(0, behind).reduce(append, before);
  const last = leaves.slice(behind).reduce(append, found);
  if (Buffer.compare(rangeRoot(last), rangeRoot(end)) !== 0) throw damagedEntry(index);
  return found;
}

/** The root of the tree of a size, in base64; undefined when the log is not that large. */
export async function rootOfSize(storage: ReadDatabase, size: number): Promise<string | undefined> {
  const { root } = log;
  const [row] = await storage.db.read
    .select({ root })
    .from(log)
    .where(eq(log.index, size - 1));
  if (row === undefined || row.root !== '') return row?.root;
  return base64(rangeRoot(await readRange(storage, size)));
}

type RangeRow = Pick<typeof log.$inferSelect, 'index' | 'peaks' | 'root' | 'note' | 'map'>;

// The next root is computed from the peaks. Damaged peaks would give a signed root that does not
// continue the log.
function rangeOf({ index, peaks, root, note, map }: RangeRow): LoggedRange {
  const range = { size: index + 1, peaks: peaks.map(fromBase64) };
  const made = base64(rangeRoot(range));
  const head = note === null ? undefined : parseCheckpoint(note);
  const stored = head === undefined ? root : base64(head.root);
  if (made !== root || made !== stored) throw damagedEntry(index);
  if (map === null) return range;
  if (head !== undefined && base64(head.map ?? new Uint8Array()) !== map) throw damagedEntry(index);
  return { ...range, map: fromBase64(map) };
}

/** The failure of a read whose rows of the log contradict each other. */
export function damagedEntry(index: number): Problem {
  return new Problem(
    'database-damaged',
    `The row of log entry ${index} is damaged: the row’s peaks, root and checkpoint contradict each other`,
    {
      hint: 'Restore the newest copy of the folder: docs/registry-reference.md, "The database is damaged".',
    },
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

// The log key in force, and whether another key came before it.

/** Whether the log has had another key. */
export function hasRetiredLogKey({ root }: Pick<Registry, 'root'>): boolean {
  return (root.retired ?? []).some((retired) => retired.role === 'log');
}

/** Whether an earlier key signed a note. Clients accept heads of the key in force only. */
function isByRetiredKey(registry: Pick<Registry, 'root' | 'keys'>, note: string): boolean {
  if (!hasRetiredLogKey(registry)) return false;
  try {
    verifyCheckpoint(note, { origin: registry.root.origin, key: registry.keys.log.publicKey });
    return false;
  } catch (cause) {
    if (cause instanceof Problem) return true;
    throw cause;
  }
}
