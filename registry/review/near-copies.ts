/**
 * Finds versions with nearly the same texts: versions that were held back, or skills of other
 * owners under other names.
 */
import { ne, type SQL, sql } from 'drizzle-orm';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Registry } from '../context.ts';
import { isAmong } from '../store/batch.ts';
import { versions } from '../store/schema.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';
import { similarVersions } from './similarity-index.ts';

const nearCopiesMax = 5;

/** The estimated similarity from which a version is called a near copy. */
const nearCopyMin = 0.6;

export interface NearCopy {
  readonly name: SkillName;
  readonly version: Version;
  readonly status: VersionState;
  /** Estimated similarity, from 0.6 to 1. */
  readonly likeness: number;
  /** Revoked, or refused or quarantined with evidence of an attack. */
  readonly knownBad: boolean;
  /** Published before this version. */
  readonly earlier: boolean;
}

/**
 * Near copies: versions that were held back first, then by similarity; of each skill the most
 * similar version. An author's own updates are not near copies.
 */
export async function nearCopies(
  registry: Registry,
  row: VersionRow,
): Promise<readonly NearCopy[]> {
  const sorts = { min: nearCopyMin, apart: knownBad, strange: strangerTo(row) };
  const alike = new Map(
    (await similarVersions(registry, row, sorts)).map((similar) => [
      similar.versionId,
      similar.likeness,
    ]),
  );
  if (alike.size === 0) return [];
  const found = await readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(isAmong(versions.id, [...alike.keys()])),
  );
  const copies = found
    .filter((other) => other.name !== row.name && (isKnownBad(other) || !isSameAuthor(other, row)))
    .map((other) => ({
      name: other.name,
      version: other.version,
      status: other.status,
      likeness: alike.get(other.id) ?? 0,
      knownBad: isKnownBad(other),
      earlier: other.logIndex < row.logIndex,
    }))
    .sort(
      (a, b) =>
        Number(b.knownBad) - Number(a.knownBad) ||
        b.likeness - a.likeness ||
        (a.name < b.name ? -1 : 1),
    );
  return copies
    .filter((copy, index) => copies.findIndex(({ name }) => name === copy.name) === index)
    .slice(0, nearCopiesMax);
}

// The same conditions as `isKnownBad` and not `isSameAuthor`, in SQL. An author who withdraws
// malware must not make the registry forget the malware.
const knownBad = sql`(${versions.status} = 'revoked' OR (${versions.status} IN ('refused', 'quarantined', 'withdrawn') AND ${versions.verdict} = 'block'))`;
function strangerTo({ publisher, name }: VersionRow): SQL {
  const scope = `@${scopeOf(name)}/`;
  return sql`(${ne(versions.publisher, publisher)} AND SUBSTR(${versions.name}, 1, ${scope.length}) <> ${scope})`;
}

function isKnownBad({ status, verdict }: VersionRow): boolean {
  return (
    status === 'revoked' ||
    (['refused', 'quarantined', 'withdrawn'].includes(status) && verdict === 'block')
  );
}

function isSameAuthor(other: VersionRow, row: VersionRow): boolean {
  return other.publisher === row.publisher || scopeOf(other.name) === scopeOf(row.name);
}
