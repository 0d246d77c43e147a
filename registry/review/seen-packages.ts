/** What scanners saw of the packages of a version. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { PackageReport } from '../../skills-index/packages/package-report.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import type { Registry } from '../context.ts';
import { packageAdvisories, packages, versionPackages } from '../store/package-schema.ts';
import {
  type MaliciousPackage,
  maliciousPackagesOf,
  maliciousShownMax,
} from '../versions/malicious-packages.ts';
import type { VersionRow } from '../versions/versions.ts';

export interface SeenPackage {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  /** The digest of the lock's entry. */
  readonly digest: Digest;
  /** The last report; absent when nobody looked yet. */
  readonly report?: {
    readonly kind: PackageReport['looked'];
    readonly by: string;
    readonly at: Date;
    /** Why the package was not fetched. */
    readonly why?: string;
  };
  /** From the last report at the whole package. */
  readonly facts?: NonNullable<PackageReport['facts']>;
  readonly scan?: NonNullable<PackageReport['scan']>;
  /** When advisories were last compared; absent when no scanner had any. */
  readonly advisoriesAt?: Date;
  /** Malware first. */
  readonly advisories: NonNullable<PackageReport['advisories']>;
  /** Advisories that the report left out. */
  readonly moreAdvisories: number;
}

/** Packages that a reviewer has to know of before anything else. */
export interface PackageAlarms {
  readonly malicious: readonly MaliciousPackage[];
  /** The first packages whose scan says block. */
  readonly blocked: readonly Pick<SeenPackage, 'ecosystem' | 'name' | 'version'>[];
}

/** The packages of a version, each with its last report. */
export async function seenPackagesOf(
  { db }: Registry,
  { id }: VersionRow,
): Promise<readonly SeenPackage[]> {
  const rows = await db.read
    .select({ row: packages })
    .from(versionPackages)
    .innerJoin(packages, eq(packages.id, versionPackages.packageId))
    .where(eq(versionPackages.versionId, id))
    .orderBy(asc(versionPackages.packageId));
  const named = await db.read
    .select({ row: packageAdvisories })
    .from(versionPackages)
    .innerJoin(packageAdvisories, eq(packageAdvisories.packageId, versionPackages.packageId))
    .where(eq(versionPackages.versionId, id))
    .orderBy(asc(versionPackages.packageId), asc(packageAdvisories.advisory));
  const advisories = Map.groupBy(named, ({ row }) => row.packageId);
  return rows.map(({ row }) => seenOf(row, advisories.get(row.id) ?? []));
}

function seenOf(
  row: typeof packages.$inferSelect,
  named: readonly { readonly row: typeof packageAdvisories.$inferSelect }[],
): SeenPackage {
  const { digest, ecosystem, facts, looked, lookedAt, lookedBy, moreAdvisories, name, scan } = row;
  const { version, why } = row;
  const report =
    looked === null || lookedAt === null || lookedBy === null
      ? undefined
      : { kind: looked, by: lookedBy, at: new Date(lookedAt), ...(why === null ? {} : { why }) };
  const advisories = named
    .map(({ row: { advisory, isMalware, summary } }) => ({ id: advisory, isMalware, summary }))
    .sort((a, b) => Number(b.isMalware) - Number(a.isMalware));
  return {
    ecosystem,
    name,
    version,
    digest,
    ...(report === undefined ? {} : { report }),
    ...(facts === null ? {} : { facts }),
    ...(scan === null ? {} : { scan }),
    ...(row.advisoriesAt === null ? {} : { advisoriesAt: new Date(row.advisoriesAt) }),
    advisories,
    moreAdvisories,
  };
}

/** The packages of a version that an advisory calls malicious, or whose scan says block. */
export async function packageAlarmsOf(registry: Registry, row: VersionRow): Promise<PackageAlarms> {
  const { ecosystem, id, name, scan, version } = packages;
  const blocked = await registry.db.read
    .select({ ecosystem, name, version })
    .from(versionPackages)
    .innerJoin(packages, eq(id, versionPackages.packageId))
    .where(and(eq(versionPackages.versionId, row.id), sql`${scan} ->> '$.verdict' = 'block'`))
    .orderBy(asc(versionPackages.packageId))
    .limit(maliciousShownMax);
  return { malicious: await maliciousPackagesOf(registry, row), blocked };
}
