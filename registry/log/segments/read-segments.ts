/**
 * Reads the segments of the log. Each bundle is also an object of its own, so a damaged segment is
 * made again from the bundles, and a damaged bundle is read from its segment.
 */
import { and, asc, desc, eq, gte, lt, lte } from 'drizzle-orm';
import { parsePack } from '../../../skills-index/client/pack-form.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import type { Registry } from '../../context.ts';
import { logSegments } from '../../store/log-schema.ts';
import { forEachOf, soundCopyOf, storedBlobName } from '../../store/objects.ts';
import { statements } from '../../store/schema.ts';
import { printPack } from '../print-pack.ts';

export type LogSegment = typeof logSegments.$inferSelect;
type Storage = Pick<Registry, 'db' | 'objects'>;
/** A database that is read alone: of a registry, or of a backup. */
export interface ReadDatabase {
  readonly db: Pick<Registry['db'], 'read'>;
}

/** The segment that has an entry; undefined while the row of the entry has its evidence. */
export async function segmentWith(
  { db }: ReadDatabase,
  index: number,
): Promise<LogSegment | undefined> {
  const [segment] = await db.read
    .select()
    .from(logSegments)
    .where(lte(logSegments.first, index))
    .orderBy(desc(logSegments.first))
    .limit(1);
  return segment !== undefined && index < segment.until ? segment : undefined;
}

/** Log index of the first entry that no segment has. */
export async function segmentedUntil({ db }: Pick<Registry, 'db'>): Promise<number> {
  const [last] = await db.read
    .select({ until: logSegments.until })
    .from(logSegments)
    .orderBy(desc(logSegments.first))
    .limit(1);
  return last?.until ?? 0;
}

/** The bundle of an entry in its segment, which may be damaged in another place. */
export async function bundleInSegment(
  storage: Storage,
  index: number,
  address: Digest,
): Promise<Uint8Array | undefined> {
  const segment = await segmentWith(storage, index);
  const bytes = segment && (await storage.objects.get(storedBlobName(segment.digest)));
  return bytes && parsePack(bytes)?.get(address);
}

/** The bundles of a segment in the order of the log; undefined when one of them is lost. */
export async function bundlesIn(
  storage: Storage,
  { digest }: LogSegment,
): Promise<readonly Uint8Array[] | undefined> {
  const stored = await soundCopyOf(storage.objects, digest);
  const bundles = parsePack(stored ?? (await rebuildSegment(storage, digest)) ?? new Uint8Array());
  return bundles && [...bundles.values()];
}

/**
 * Makes a segment again.
 * @returns undefined when there is none with this digest, or when a bundle in it is lost
 */
export async function rebuildSegment(
  storage: Storage,
  digest: Digest,
): Promise<Uint8Array | undefined> {
  const { db, objects } = storage;
  const [segment] = await db.read.select().from(logSegments).where(eq(logSegments.digest, digest));
  if (segment === undefined) return undefined;
  const rows = await db.read
    .select({ address: statements.bundle })
    .from(statements)
    .where(and(gte(statements.logIndex, segment.first), lt(statements.logIndex, segment.until)))
    .orderBy(asc(statements.logIndex));
  const damaged = parsePack((await objects.get(storedBlobName(digest))) ?? new Uint8Array());
  const found = new Map<Digest, Uint8Array>(damaged);
  const addresses = rows.flatMap(({ address }) => address ?? []);
  await forEachOf(addresses, async (address) => {
    const bytes = found.has(address) ? undefined : await soundCopyOf(objects, address);
    if (bytes !== undefined) found.set(address, bytes);
  });
  const made = printPack(addresses.flatMap((address) => found.get(address) ?? []));
  return digestOf(made) === digest ? made : undefined;
}
