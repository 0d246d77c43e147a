/** The Sigstore bundles of logged statements, made again from their rows or read from a segment. */
import { eq } from 'drizzle-orm';
import { noteKeyId } from '../../skills-index/log/checkpoint.ts';
import type { CompactRange } from '../../skills-index/log/compact-range.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { log, statements } from '../store/schema.ts';
import { noteOf, type ReadRows, readRows } from './finish-statements.ts';
import { damagedEntry, readRange } from './log.ts';
import { loggedBundle, type Places, placesOf } from './logged-bundle.ts';
import type { LoggedRows } from './plan-append.ts';
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
    .filter((retired) => retired.office === 'log')
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
