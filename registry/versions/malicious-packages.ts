/** Packages of a version that an advisory names as malicious. No such version is approved. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, holds } from '../store/batch.ts';
import { packageAdvisories, packages, versionPackages } from '../store/package-schema.ts';
import type { VersionRow } from './versions.ts';

/** Malicious packages that the refusal of an approval names. */
export const maliciousShownMax = 10;

export interface MaliciousPackage {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  readonly advisory: string;
}

/** The first such packages of a version. */
export async function maliciousPackagesOf(
  registry: Registry,
  { id }: Pick<VersionRow, 'id'>,
): Promise<readonly MaliciousPackage[]> {
  return registry.db.read
    .select({
      ecosystem: packages.ecosystem,
      name: packages.name,
      version: packages.version,
      advisory: packageAdvisories.advisory,
    })
    .from(versionPackages)
    .innerJoin(packageAdvisories, eq(packageAdvisories.packageId, versionPackages.packageId))
    .innerJoin(packages, eq(packages.id, versionPackages.packageId))
    .where(and(eq(versionPackages.versionId, id), eq(packageAdvisories.isMalware, true)))
    .orderBy(asc(versionPackages.packageId), asc(packageAdvisories.advisory))
    .limit(maliciousShownMax);
}

/** `the advisory MAL-2026-1 names evil 1.0 of python as malicious` */
export function maliciousWords({ advisory, ecosystem, name, version }: MaliciousPackage): string {
  return `the advisory ${advisory} names ${name} ${version} of ${ecosystem} as malicious`;
}

/** Makes a batch fail when an advisory names a package of the version meanwhile. */
export function noMaliciousPackage({ id }: Pick<VersionRow, 'id'>): BatchWrite {
  return holds(
    sql`NOT EXISTS (SELECT 1 FROM ${versionPackages} CROSS JOIN ${packageAdvisories} ON ${packageAdvisories.packageId} = ${versionPackages.packageId} WHERE ${versionPackages.versionId} = ${id} AND ${packageAdvisories.isMalware} = 1)`,
  );
}

/**
 * @param purpose begins the message: `approve`
 * @throws Problem `package-malicious`
 */
export async function requireNoMaliciousPackage(
  registry: Registry,
  row: Pick<VersionRow, 'id' | 'name' | 'version'>,
  purpose: string,
): Promise<void> {
  const found = await maliciousPackagesOf(registry, row);
  const [first] = found;
  if (first === undefined) return;
  throw new Problem(
    'package-malicious',
    `Cannot ${purpose} ${row.name}@${row.version}: ${maliciousWords(first)}`,
    {
      hint: 'The author publishes a version without the package. An operator who knows that the advisory is wrong deletes its file from the advisories folder of the scanner’s host: the next daily look takes the advisory back.',
      reasons: found.map((one) => ({ message: maliciousWords(one) })),
    },
  );
}
