/** The Sigstore bundles of logged statements, made again from their rows or read from a segment. */
import { and, asc, eq, gte, isNull, lt } from 'drizzle-orm';
import { noteKeyId } from '../../skills-index/log/checkpoint.ts';
import type { CompactRange } from '../../skills-index/log/compact-range.ts';
import { signCheckpoint } from '../../skills-index/log/sign-cosignature.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-role.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import { hasDigest, hasNoDigest } from '../store/columns/digest-column.ts';
import { putBlobs, storedBlobName } from '../store/objects.ts';
import { log, statements } from '../store/schema.ts';
import type { LoggedAt } from './appending.ts';
import { damagedEntry, readRange } from './log.ts';
import { type LoggedRows, loggedBundle, type Places, placesOf } from './logged-bundle.ts';
import { bundleInSegment, rebuildSegment } from './segments/read-segments.ts';

/**
 * The bundle at an address, or the segment with this digest; undefined when no row names it, or
 * when its rows and objects are damaged, too.
 */
export async function rebuildBundle(
  registry: Registry,
  address: Digest,
): Promise<Uint8Array | undefined> {
  try {
    return await rebuild(registry, address);
  } catch (error) {
    if (error instanceof Problem && error.code === 'database-damaged') return undefined;
    throw error;
  }
}

async function rebuild(registry: Registry, address: Digest): Promise<Uint8Array | undefined> {
  const [found] = await registry.db.read
    .select({ index: log.index, laterInBatch: log.laterInBatch })
    .from(statements)
    .innerJoin(log, eq(log.index, statements.logIndex))
    .where(hasDigest(statements.bundle, address));
  if (found === undefined) return rebuildSegment(registry, address);
  const { index, laterInBatch } = found;
  const kept = await bundleInSegment(registry, index, address);
  if (kept !== undefined) return kept;
  const rows = await readRows(registry, index, index + 1 + laterInBatch);
  return bundlesOf(registry, await readRange(registry, index), rows)[0];
}

/**
 * The bundles of finished rows.
 * @param before the tree before the first of the rows
 * @param rows up to the last row of a batch
 * @returns undefined in the place of a bundle whose rows do not give its address
 */
export function bundlesOf(
  { root, keys }: Pick<Registry, 'root' | 'keys'>,
  before: CompactRange,
  rows: readonly ReadRows[],
): readonly (Uint8Array | undefined)[] {
  const { head, proofs } = placesOf(before, rows);
  const note = rows.at(-1)?.entry.note;
  if (typeof note !== 'string') return rows.map(() => undefined);
  const retired = (root.retired ?? [])
    .filter((retired) => retired.role === 'log')
    .map((retired) => Buffer.from(retired.key, 'base64'));
  // The bundle names the log key that was in force then.
  const logIds = [keys.log.publicKey, ...retired].map((key) => noteKeyId(root.origin, key));
  return rows.map((row, at) => {
    for (const logId of logIds) {
      const bytes = loggedBundle(row, { head, proof: proofs[at] ?? [], note, logId });
      if (digestOf(bytes) === row.statement.bundle) return bytes;
    }
    return undefined;
  });
}

/**
 * The bundle of the statement at a log index, from the rows alone: the statement has no address
 * while the storage does not take the bundle.
 */
export async function bundleAt(registry: Registry, index: number): Promise<Uint8Array> {
  const [found] = await registry.db.read
    .select({ index: log.index, laterInBatch: log.laterInBatch })
    .from(log)
    .where(eq(log.index, index));
  if (found === undefined) throw damagedEntry(index);
  const { rows, places } = await readPlaced(registry, found);
  const [row] = rows;
  const last = rows.at(-1);
  if (row === undefined || last === undefined) throw damagedEntry(index);
  const { note, key } = await noteOf(registry, last.entry, places.head);
  const logId = noteKeyId(registry.root.origin, key);
  return loggedBundle(row, { head: places.head, proof: places.proofs[0] ?? [], note, logId });
}

async function readPlaced(
  registry: Registry,
  { index, laterInBatch }: { readonly index: number; readonly laterInBatch: number },
): Promise<{ readonly rows: readonly LoggedRows[]; readonly places: Places }> {
  const rows = await readRows(registry, index, index + 1 + laterInBatch);
  return { rows, places: placesOf(await readRange(registry, index), rows) };
}

// Gives logged statements their addresses: the digests of their bundles, each of which has the
// signed checkpoint of its batch.

/**
 * Finishes committed statements that have no address yet. Several processes may call this at any
 * time: Ed25519 is deterministic, so they all write the same.
 * @param indexes only these entries; all unfinished entries when left out
 */
export async function finishStatements(
  registry: Registry,
  indexes?: readonly number[],
): Promise<LoggedAt[]> {
  const unfinished = await registry.db.read
    .select({ index: log.index, laterInBatch: log.laterInBatch })
    .from(statements)
    .innerJoin(log, eq(log.index, statements.logIndex))
    .where(
      and(
        hasNoDigest(statements.bundle),
        indexes === undefined ? undefined : isAmong(statements.logIndex, indexes),
      ),
    )
    .orderBy(asc(statements.logIndex));
  const lacking = new Set(unfinished.map(({ index }) => index));
  let size = 0;
  for (const { index, laterInBatch } of unfinished) {
    if (index < size) continue;
    size = index + 1 + laterInBatch;
    const rows = await readRows(registry, index, size);
    await finishRows(registry, await readRange(registry, index), rows, lacking);
  }
  if (indexes === undefined) return [];
  const rows = await registry.db.read
    .select()
    .from(statements)
    .where(isAmong(statements.logIndex, indexes))
    .orderBy(asc(statements.logIndex));
  return rows.map(({ logIndex, bundle, predicateType }) => ({
    logIndex,
    digest: required(bundle),
    predicateType,
  }));
}

/** Rows of a logged statement as the database has them. */
export interface ReadRows extends LoggedRows {
  readonly entry: typeof log.$inferSelect;
  readonly statement: typeof statements.$inferSelect;
}

/**
 * The committed rows of the entries from one on, up to a size.
 * @throws Problem `database-damaged`
 */
export async function readRows(
  registry: Registry,
  from: number,
  size: number,
): Promise<ReadRows[]> {
  const rows = await registry.db.read
    .select({ entry: log, statement: statements })
    .from(log)
    .innerJoin(statements, eq(statements.logIndex, log.index))
    .where(and(gte(log.index, from), lt(log.index, size)))
    .orderBy(asc(log.index));
  if (rows.length !== size - from) throw damagedEntry(from);
  return rows;
}

/** A batch with its signed checkpoint. */
export interface SignedRows {
  readonly note: string;
  readonly bundles: readonly {
    readonly bytes: Uint8Array;
    readonly logged: LoggedAt;
  }[];
}

/**
 * Signs the checkpoint of a batch, and makes the bundles of its rows.
 * @param before the tree before the first of the rows
 * @param rows up to the last row of a batch
 */
export async function signRows(
  registry: Registry,
  before: CompactRange,
  rows: readonly LoggedRows[],
): Promise<SignedRows> {
  const { head, proofs } = placesOf(before, rows);
  const { note, key } = await noteOf(registry, rows.at(-1)?.entry, head);
  const logId = noteKeyId(registry.root.origin, key);
  const bundles = rows.map((row, at) => {
    const { logIndex, predicateType } = row.statement;
    const bytes = loggedBundle(row, { head, proof: proofs[at] ?? [], note, logId });
    return { bytes, logged: { logIndex, predicateType, digest: digestOf(bytes) } };
  });
  return { note, bundles };
}

/**
 * Whether `rebuildBundle` makes lost bundles of the rows again. Only statements about identities
 * are also read without the rows, by commands on a folder that nobody serves.
 */
export function areRebuildable(rows: readonly LoggedRows[]): boolean {
  return rows.every(({ statement }) => statement.versionId !== null);
}

/** The rows of a batch with their checkpoint and addresses. */
export function withAddresses<Rows extends LoggedRows>(
  rows: readonly Rows[],
  { note, bundles }: SignedRows,
): Rows[] {
  return rows.map((row, at) => ({
    ...row,
    entry: at === rows.length - 1 ? { ...row.entry, note } : row.entry,
    statement: { ...row.statement, bundle: bundles[at]?.logged.digest },
  }));
}

/** Writes bundles whose addresses are in committed rows, which can make a lost bundle again. */
export async function putRebuildable(registry: Registry, { bundles }: SignedRows): Promise<void> {
  const all = bundles.map(({ bytes, logged }) => [storedBlobName(logged.digest), bytes] as const);
  await registry.objects.putAll(new Map(all), { isRebuildable: true });
}

/**
 * Writes the bundles of committed rows, and then the addresses. All bundles are written together,
 * since a disk syncs many files in the time of one, and before the rows that name them. The rows
 * are synced too, although they could be computed again: a newer log key would give an acknowledged
 * statement another address.
 * @param before the tree before the first of the rows
 * @param rows up to the last row of a batch
 * @param lacking indexes of the entries whose bundles are written; all of the rows when left out
 */
export async function finishRows(
  registry: Registry,
  before: CompactRange,
  rows: readonly LoggedRows[],
  lacking?: ReadonlySet<number>,
): Promise<LoggedAt[]> {
  const last = rows.at(-1)?.entry;
  if (last === undefined) return [];
  const { note, bundles } = await signRows(registry, before, rows);
  const finished = bundles.filter(({ logged }) => lacking?.has(logged.logIndex) !== false);
  await putBlobs(
    registry.objects,
    finished.map(({ bytes }) => bytes),
    { isRebuildable: areRebuildable(rows) },
  );
  await registry.db.batch([
    (db) =>
      db
        .update(log)
        .set({ note })
        .where(and(eq(log.index, last.index), isNull(log.note))),
    ...finished.map(
      ({ logged }): BatchWrite =>
        (db) =>
          db
            .update(statements)
            .set({ bundle: logged.digest })
            .where(and(eq(statements.logIndex, logged.logIndex), isNull(statements.bundle))),
    ),
  ]);
  return finished.map(({ logged }) => logged);
}

/** The signed checkpoint of a batch, and the log key (SPKI DER) that signed it. */
async function noteOf(
  { root, keys }: Registry,
  last: LoggedRows['entry'] | undefined,
  head: Places['head'],
): Promise<{ readonly note: string; readonly key: Uint8Array }> {
  const note = last?.note;
  if (typeof note === 'string')
    // A key that is retired now may have signed the checkpoint of a batch that is half finished.
    return { note, key: verifyRootCheckpoint(note, root).logKey };
  const signed = await signCheckpoint({ origin: root.origin, ...head }, keys.log);
  return { note: signed, key: keys.log.publicKey };
}

function required(digest: Digest | null): Digest {
  if (digest === null)
    throw new Problem('internal', 'A statement has no address after it was finished');
  return digest;
}
