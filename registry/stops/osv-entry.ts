/** One advisory in the form of the Open Source Vulnerability schema (ossf.github.io/osv-schema). */
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { purlOf, type SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { VersionState } from '../versions/status.ts';

/** The version of the schema that the entries follow. */
export const osvSchemaVersion = '1.7.5';

/** A version that was suspended or revoked, as the registry knows it now. */
export interface AdvisedVersion {
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
export interface AdvisingRegistry {
  readonly base: string;
  readonly origin: string;
  /** Fingerprint of its first root file. */
  readonly id: Digest;
}

/**
 * The id of a version's entry; it never changes. `x_` marks ids outside the public databases. The
 * digits of the registry's id keep the entries of two registries apart.
 */
export function osvIdOf(registry: Digest, logIndex: number): string {
  return `x_skillgate-${hexOf(registry).slice(0, 12)}-${logIndex}`;
}

/** The log index in an entry's id; undefined for other ids. */
export function logIndexOfOsvId(registry: Digest, id: string): number | undefined {
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
