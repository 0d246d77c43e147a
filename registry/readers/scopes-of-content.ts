/** The scopes to which content belongs that has no scope in its address. */
import { eq } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type Scope, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import {
  parseEnvelope,
  peekStatement,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import type { Registry } from '../context.ts';
import { sharedBlobRowsMax } from '../limits.ts';
import { indexLines, statements, versionBlobs, versions } from '../store/schema.ts';

/** The scopes of a blob; 'everybody' for a statement that is about no scope. */
export type ScopesOfContent = ReadonlySet<Scope> | 'everybody';

/**
 * The scopes of a blob: of the versions in the index that have it, or of the statement that it is.
 * A version outside the index gives nobody a blob: a stranger would upload guessed bytes, and learn
 * whether a private skill has them. A blob that very many versions have counts for the first of
 * them only.
 */
export async function scopesOfBlob(registry: Registry, digest: Digest): Promise<ScopesOfContent> {
  const rows = await registry.db.read
    .select({ name: versions.name })
    .from(versionBlobs)
    .innerJoin(versions, eq(versions.id, versionBlobs.versionId))
    .innerJoin(indexLines, eq(indexLines.versionId, versions.id))
    .where(eq(versionBlobs.digest, digest))
    .limit(sharedBlobRowsMax);
  const [statement] =
    rows.length > 0
      ? []
      : await registry.db.read
          .select({ logIndex: statements.logIndex })
          .from(statements)
          .where(eq(statements.bundle, digest));
  return statement === undefined ? scopesOf(rows) : scopesOfStatement(registry, statement.logIndex);
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
      .where(eq(versions.bundle, bundle))
      .limit(sharedBlobRowsMax),
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
