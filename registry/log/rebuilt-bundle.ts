/** The Sigstore bundle of a logged statement, made again from its rows. */
import { eq } from 'drizzle-orm';
import { noteKeyId } from '../../skills-index/log/checkpoint.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { log, statements } from '../store/schema.ts';
import { noteOf, readRows } from './finish-statements.ts';
import { damagedEntry, readRange } from './log.ts';
import { loggedBundle, type Places, placesOf } from './logged-bundle.ts';
import type { LoggedRows } from './plan-append.ts';

/** The bundle at an address; undefined when no row names it, or when the rows are damaged, too. */
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
    .where(eq(statements.bundle, address));
  if (found === undefined) return undefined;
  const { rows, places } = await readPlaced(registry, found);
  const [row] = rows;
  const note = rows.at(-1)?.entry.note;
  if (row === undefined || typeof note !== 'string') return undefined;
  const { root, keys } = registry;
  const retired = (root.retired ?? [])
    .filter((retired) => retired.office === 'log')
    .map((retired) => Buffer.from(retired.key, 'base64'));
  // The bundle names the log key that was in force then.
  for (const key of [keys.log.publicKey, ...retired]) {
    const logId = noteKeyId(root.origin, key);
    const place = { head: places.head, proof: places.proofs[0] ?? [], note, logId };
    const bytes = loggedBundle(row, place);
    if (digestOf(bytes) === address) return bytes;
  }
  return undefined;
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
