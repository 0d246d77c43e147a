/**
 * Serves every statement by its log index to everybody. Entry N of the log commits to the digest of
 * statement N, so a reader with both can check them. A reader with all of them can compute who is
 * who and which versions are revoked. So no statement is left out, not even one about a version
 * that is not public yet: a 404 for privacy would look like a 404 that hides a revocation. The
 * files and the scan report of such a version stay private.
 */
import { eq } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import { statements } from '../store/schema.ts';
import { bundleAt, finishStatements } from './finish-statements.ts';

/**
 * The canonical Sigstore bundle of the statement at a log index.
 * @param given the index in decimal digits, as in the path
 * @throws Problem `not-found`
 */
export async function readStatementAt(registry: Registry, given: string): Promise<Uint8Array> {
  const index = /^(0|[1-9]\d{0,14})$/.test(given) ? Number(given) : undefined;
  const [row] =
    index === undefined
      ? []
      : await registry.db.read
          .select({ logIndex: statements.logIndex, bundle: statements.bundle })
          .from(statements)
          .where(eq(statements.logIndex, index));
  if (row === undefined)
    throw new Problem(
      'not-found',
      `The log has no statement ${JSON.stringify(given.slice(0, 20))}`,
    );
  // Everybody must be able to read a stop, also while the storage takes no bundle.
  const address = row.bundle ?? (await addressOrLater(registry, row.logIndex));
  return address === undefined ? bundleAt(registry, row.logIndex) : requireBlob(registry, address);
}

/** The address of an unfinished statement; undefined while the storage does not take its bundle. */
export async function addressOrLater(
  registry: Registry,
  index: number,
): Promise<Digest | undefined> {
  try {
    return (await finishStatements(registry, [index]))[0]?.digest;
  } catch (error) {
    registry.reportPutOff?.(error);
    return undefined;
  }
}
