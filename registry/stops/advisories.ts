/**
 * The advisories of this registry: versions that were suspended or revoked, the last changed first.
 * Each page and each entry costs the same, however many advisories there are.
 */
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { purlOf, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import {
  bundleMapName,
  identityMapName,
  versionMapName,
} from '../../skills-index/trust/members-and-scopes/map-names.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import type { Registry } from '../context.ts';
import { advisories } from '../store/advice-schema.ts';
import { identityNames } from '../store/identity-schema.ts';
import { audit, statements, versions } from '../store/schema.ts';
import type { VersionState } from '../versions/status.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';

/** Statements that an advisory names. A version is seldom suspended more than a few times. */
const advisoryStatementsMax = 50;

/** A place in the list: time of the last change, and version. */
interface AdvisoryPlace {
  readonly modified: number;
  readonly versionId: string;
}

export interface AdvisoryPage {
  readonly rows: readonly {
    readonly id: string;
    readonly modified: Date;
    readonly name: SkillName;
  }[];
  /** The place behind the last row; absent on the last page. */
  readonly next?: string;
}

/**
 * A page of the list.
 * @param before `next` of the page before; undefined for the first page
 * @throws Problem `request-invalid`
 */
export async function listAdvisories(
  registry: Registry,
  before: string | undefined,
  limit: number,
): Promise<AdvisoryPage> {
  const place = before === undefined ? undefined : placeIn(before);
  const found = await registry.db.read
    .select({
      modified: advisories.modified,
      versionId: advisories.versionId,
      logIndex: versions.logIndex,
      name: versions.name,
    })
    .from(advisories)
    .innerJoin(versions, eq(versions.id, advisories.versionId))
    .where(
      place &&
        sql`(${advisories.modified}, ${advisories.versionId}) < (${place.modified}, ${Number(place.versionId)})`,
    )
    .orderBy(desc(advisories.modified), desc(advisories.versionId))
    .limit(limit + 1);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const registryId = registryIdOf(registry.root);
  return {
    rows: rows.map(({ logIndex, modified, name }) => ({
      id: osvIdOf(registryId, logIndex),
      modified: new Date(modified),
      name,
    })),
    ...(last === undefined ? {} : { next: `${last.modified}.${last.versionId}` }),
  };
}

/** The entry with an id, and the skill that it is about; undefined when there is none. */
export async function readAdvisory(
  registry: Registry,
  id: string,
): Promise<{ readonly entry: OsvEntry; readonly name: SkillName } | undefined> {
  const registryId = registryIdOf(registry.root);
  const logIndex = logIndexOfOsvId(registryId, id);
  if (logIndex === undefined) return undefined;
  const { modified, published } = advisories;
  const [row] = await readVisible(registry, () =>
    registry.db.read
      .select({ ...visibleColumns, modified, published })
      .from(statements)
      .innerJoin(versions, eq(versions.id, statements.versionId))
      .leftJoin(advisories, eq(advisories.versionId, versions.id))
      .where(and(eq(statements.logIndex, logIndex), eq(versions.logIndex, logIndex))),
  );
  const since = row?.published ?? row?.due?.at;
  if (row === undefined || since === undefined) return undefined;
  const [stop] = await registry.db.read
    .select({ why: audit.why })
    .from(audit)
    .where(and(eq(audit.versionId, row.id), inArray(audit.to, ['suspended', 'revoked'])))
    .orderBy(desc(audit.move))
    .limit(1);
  const entry = osvEntry(
    {
      ...row,
      reason: (row.due?.to === 'approved' ? undefined : row.due?.why) ?? stop?.why ?? '',
      published: new Date(since),
      modified: new Date(Math.max(row.modified ?? 0, row.due?.at.getTime() ?? 0)),
      statements: await stopsOf(registry, row),
    },
    { base: registry.config.base, origin: registry.root.origin, id: registryId },
  );
  return { entry, name: row.name };
}

// Each revocation has one of these names. A reader verifies the statements.
async function stopsOf(
  { db }: Registry,
  { bundle, name, version, publisher }: typeof versions.$inferSelect,
): Promise<number[]> {
  const names = [bundleMapName(bundle), versionMapName(name, version), identityMapName(publisher)];
  const rows = await db.read
    .select({ logIndex: identityNames.logIndex })
    .from(identityNames)
    .innerJoin(statements, eq(statements.logIndex, identityNames.logIndex))
    .where(
      and(
        inArray(identityNames.name, names),
        eq(statements.predicateType, predicateTypes.revocation),
      ),
    )
    .limit(advisoryStatementsMax);
  return rows.map(({ logIndex }) => logIndex).sort((a, b) => a - b);
}

function placeIn(text: string): AdvisoryPlace {
  const [, modified, versionId] = /^(\d{1,15})\.(-?\d{1,15})$/.exec(text) ?? [];
  if (modified !== undefined && versionId !== undefined)
    return { modified: Number(modified), versionId };
  throw new Problem('request-invalid', 'No page of the advisories begins there', {
    hint: 'Take the address from the header Link of the page before.',
  });
}

// One advisory in the form of the Open Source Vulnerability schema (ossf.github.io/osv-schema).

/** The version of the schema that the entries follow. */
const osvSchemaVersion = '1.7.5';

/** A version that was suspended or revoked, as the registry knows it now. */
interface AdvisedVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly status: VersionState;
  /** Log index of the publication. */
  readonly logIndex: number;
  /** The reason of the last suspension or revocation. */
  readonly reason: string;
  readonly published: Date;
  readonly modified: Date;
  /** Log indexes of the suspensions, lifts and revocations that are about the version. */
  readonly statements: readonly number[];
}

/** The registry that says so. */
interface AdvisingRegistry {
  readonly base: string;
  readonly origin: string;
  /** Fingerprint of its first root file. */
  readonly id: Digest;
}

/**
 * The id of a version's entry; it never changes. `x_` marks ids outside the public databases. The
 * digits of the registry's id keep the entries of two registries apart.
 */
function osvIdOf(registry: Digest, logIndex: number): string {
  return `x_skillgate-${hexOf(registry).slice(0, 12)}-${logIndex}`;
}

/** The log index in an entry's id; undefined for other ids. */
function logIndexOfOsvId(registry: Digest, id: string): number | undefined {
  const [, digits = ''] = /^x_skillgate-[0-9a-f]{12}-(0|[1-9]\d{0,14})$/.exec(id) ?? [];
  return digits !== '' && id === osvIdOf(registry, Number(digits)) ? Number(digits) : undefined;
}

/** An entry of the schema. */
export type OsvEntry = ReturnType<typeof osvEntry>;

/** The entry as JSON. A version whose suspension was lifted is withdrawn. */
export function osvEntry(stopped: AdvisedVersion, { base, origin, id }: AdvisingRegistry) {
  const { bundle, modified, name, status, version } = stopped;
  const isStopped = status === 'suspended' || status === 'revoked';
  const words = isStopped ? `is ${status}` : 'was suspended, and the suspension was lifted';
  return {
    schema_version: osvSchemaVersion,
    id: osvIdOf(id, stopped.logIndex),
    published: stopped.published.toISOString(),
    modified: modified.toISOString(),
    ...(isStopped ? {} : { withdrawn: modified.toISOString() }),
    summary: `${name} ${version} ${words}`,
    details: stopped.reason,
    affected: [
      {
        versions: [version] as const,
        // The schema lists the ecosystems that `package` may name, and skills are in none of them.
        ecosystem_specific: { ecosystem: `Skillgate:${base}`, name, purl: purlOf(name, version) },
        database_specific: { bundle },
      },
    ] as const,
    references: [
      { type: 'PACKAGE', url: `${base}/index/${name}` },
      ...stopped.statements.map((at) => ({
        type: 'EVIDENCE',
        url: `${base}/log/statements/${at}`,
      })),
    ],
    database_specific: {
      state: isStopped ? status : 'lifted',
      origin,
      registry: id,
      log_indexes: stopped.statements,
    },
  };
}
