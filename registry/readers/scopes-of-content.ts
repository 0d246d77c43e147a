/** The scopes to which content belongs that has no scope in its address. */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type Scope, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import {
  parseEnvelope,
  peekStatement,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import type { Registry } from '../context.ts';
import { isAmong } from '../store/batch.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { blobScopes } from '../store/identity-schema.ts';
import { indexLines, statements, versionBlobs, versions } from '../store/schema.ts';

/** Versions with one list of files among which a reader's scope is looked for. */
const sharedBundleRowsMax = 1_000;

/** The scopes of content; 'everybody' for a statement that is about no scope. */
export type ScopesOfContent = ReadonlySet<Scope> | 'everybody';

/**
 * Whether a version in the index has the blob, in a scope that is not among the private ones. A
 * version outside the index gives nobody a blob: a stranger would upload guessed bytes, and learn
 * whether a private skill has them.
 */
export async function isBlobOutside(
  { db }: Registry,
  digest: Digest,
  privateScopes: readonly Scope[],
): Promise<boolean> {
  const { scope } = versionBlobs;
  const next = (after: SQL): SQL =>
    sql`SELECT min(${scope}) FROM ${versionBlobs} WHERE ${eq(versionBlobs.digest, digest)} AND ${scope} > ${after}`;
  // From scope to scope: very many versions of one scope may have the blob. A number that no scope
  // has shows the blob to nobody.
  const [found] = await db.read.all(
    sql`WITH RECURSIVE found(scope) AS (${next(sql`0`)} UNION ALL SELECT (${next(sql`found.scope`)}) FROM found WHERE found.scope IS NOT NULL) SELECT 1 FROM found CROSS JOIN ${blobScopes} ON ${blobScopes.number} = found.scope WHERE ${blobScopes.scope} NOT IN (SELECT value FROM json_each(${JSON.stringify(privateScopes)})) LIMIT 1`,
  );
  return found !== undefined;
}

/** Whether a version in the index of one of the scopes has the blob. */
export async function isBlobIn(
  { db }: Registry,
  digest: Digest,
  scopes: readonly Scope[],
): Promise<boolean> {
  const numbers = db.read
    .select({ number: blobScopes.number })
    .from(blobScopes)
    .where(isAmong(blobScopes.scope, scopes));
  const [found] = await db.read
    .select({ scope: versionBlobs.scope })
    .from(versionBlobs)
    .where(and(eq(versionBlobs.digest, digest), inArray(versionBlobs.scope, numbers)))
    .limit(1);
  return found !== undefined;
}

/** The scopes of the logged statement whose bundle a blob is. */
export async function scopesOfStatementBlob(
  registry: Registry,
  digest: Digest,
): Promise<ScopesOfContent> {
  const [statement] = await registry.db.read
    .select({ logIndex: statements.logIndex })
    .from(statements)
    .where(hasDigest(statements.bundle, digest));
  return statement === undefined ? new Set() : scopesOfStatement(registry, statement.logIndex);
}

/** The scopes of the statement at a log index. */
export async function scopesOfStatement(
  registry: Registry,
  logIndex: number,
): Promise<ScopesOfContent> {
  const [row] = await registry.db.read
    .select({ envelope: statements.envelope, name: versions.name })
    .from(statements)
    .leftJoin(versions, eq(versions.id, statements.versionId))
    .where(eq(statements.logIndex, logIndex));
  if (row === undefined) return new Set();
  if (row.name !== null) return scopesOf([{ name: row.name }]);
  const statement = peekStatement(parseEnvelope(JSON.parse(row.envelope)));
  switch (statement.predicateType) {
    case predicateTypes.scope:
      return new Set([statement.predicate.scope]);
    case predicateTypes.revocation: {
      const { target } = statement.predicate;
      if ('publisher' in target) return 'everybody';
      return 'name' in target ? scopesOf([target]) : scopesOfBundle(registry, target.bundle);
    }
    case predicateTypes.advice:
      return scopesOf([statement.predicate]);
    case predicateTypes.key:
    case predicateTypes.member:
      return 'everybody';
    default:
      return new Set();
  }
}

/** The scopes of the versions with a bundle, also of those outside the index. */
async function scopesOfBundle(registry: Registry, bundle: Digest): Promise<ReadonlySet<Scope>> {
  return scopesOf(
    await registry.db.read
      .select({ name: versions.name })
      .from(versions)
      .where(hasDigest(versions.bundle, bundle))
      .limit(sharedBundleRowsMax),
  );
}

/** The scope of the index line at a log index. */
export async function scopesOfLine(
  registry: Registry,
  logIndex: number,
): Promise<ReadonlySet<Scope>> {
  return scopesOf(
    await registry.db.read
      .select({ name: indexLines.name })
      .from(indexLines)
      .where(eq(indexLines.logIndex, logIndex)),
  );
}

function scopesOf(rows: readonly { readonly name: SkillName }[]): ReadonlySet<Scope> {
  return new Set(rows.map(({ name }) => scopeOf(name)));
}
