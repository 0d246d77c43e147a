/**
 * Finds the scopes that would lose their owner under another Sigstore root, before that root is put
 * in force.
 */

import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { parseFrozenSubject } from '../../skills-index/trust/members-and-scopes/read-logged.ts';
import { rootFileOf, type TufRepository } from '../../skills-index/trust/root/repository.ts';
import { verifyStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import { digestIn } from '../store/columns/digest-column.ts';
import { predicateTypeNumber } from '../store/columns/predicate-type-column.ts';
import { diskObjects } from '../store/disk/disk-objects.ts';
import { readBlob } from '../store/objects.ts';
import { requireOwnObjects } from '../store/s3/objects-place.ts';
import { sigstoreOf } from './certified.ts';

/** Scopes with a logged certificate-signed statement that could not be verified under `next`. */
export async function scopesFrozenBy(dir: string, next: TufRepository): Promise<string[]> {
  const root = rootFileOf(next);
  const sigstore = sigstoreOf(next, undefined);
  const objects = diskObjects(join(dir, 'objects'));
  const fallen = new Set<string>();
  for (const address of certifiedScopes(dir)) {
    if (!isDigest(address)) continue;
    const bytes = await readBlob(objects, address).catch(async (cause: unknown) => {
      await requireOwnObjects(dir, `copy the folder stored of the bucket to ${dir}/objects first`);
      throw cause;
    });
    const { value } = parseJson(bytes, 'a statement');
    try {
      verifyStatement(value, { root, sigstore });
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      const { scope } = parseFrozenSubject(
        Buffer.from(parseSigstoreBundle(value).dsseEnvelope.payload, 'base64'),
      );
      if (scope !== undefined) fallen.add(scope);
    }
  }
  return [...fallen].sort();
}

/** Addresses of those statements; none for a folder that was never served. */
function certifiedScopes(dir: string): unknown[] {
  let db: BetterSqlite3.Database;
  try {
    db = new BetterSqlite3(join(dir, 'registry.sqlite'), { readonly: true, fileMustExist: true });
  } catch {
    return [];
  }
  try {
    // A database that this release has not served yet has texts.
    const query =
      'SELECT bundle FROM statements WHERE "predicateType" IN (?, ?) AND material IS NOT NULL AND bundle IS NOT NULL';
    const { scope } = predicateTypes;
    const found = db.prepare(query).pluck().all(scope, predicateTypeNumber(scope));
    return found.map((cell) => (cell instanceof Uint8Array ? digestIn(cell) : cell));
  } finally {
    db.close();
  }
}
