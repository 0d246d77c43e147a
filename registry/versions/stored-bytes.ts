/** The bytes of stored versions, as triggers sum them up. */
import { desc, eq } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { storedBytes } from '../store/schema.ts';

/** Publishers and scopes whose bytes the desk lists. */
const largestOwnersMax = 20;

export interface StoredBytes {
  readonly bytes: number;
  /** Of versions that wait for a scan or a decision. */
  readonly waiting: number;
}

export interface OwnedBytes extends StoredBytes {
  /** A publisher's id, or a scope with its sign: `@acme`. */
  readonly owner: string;
}

/** The bytes of all versions. A file that several versions have counts for each. */
export async function storedInAll({ db }: Registry): Promise<StoredBytes> {
  const [all] = await db.read.select().from(storedBytes).where(eq(storedBytes.owner, ''));
  return all ?? { bytes: 0, waiting: 0 };
}

/** The publishers and scopes with most bytes. */
export async function largestOwners({ db }: Registry): Promise<readonly OwnedBytes[]> {
  const rows = await db.read
    .select()
    .from(storedBytes)
    .orderBy(desc(storedBytes.bytes))
    // The first row may be the sum of all.
    .limit(largestOwnersMax + 1);
  return rows.filter(({ owner }) => owner !== '').slice(0, largestOwnersMax);
}
