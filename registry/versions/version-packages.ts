/**
 * The packages of a version as rows. A package that a thousand versions lock is one row, which a
 * scanner looks at once.
 */
import { getTableColumns, sql } from 'drizzle-orm';
import type { BundleFile } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { BatchWrite } from '../store/batch.ts';
import { packageAdvisories, packages, versionPackages } from '../store/package-schema.ts';

/** The values with which the judging of a package's versions begins at the first version. */
export const judgedFromFirst = { judgedUpTo: '', judgings: sql`${packages.judgings} + 1` };

interface Entry {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  readonly digest: Digest;
  readonly lock: Digest;
}

const entryKeys: ReadonlySet<string> = new Set(['ecosystem', 'name', 'version', 'digest', 'lock']);

/**
 * The writes that list the packages of a version. An advisory names a package by its version, so a
 * new entry of a known package has the advisories at once: a scanner may look at the entry much
 * later.
 */
export function packageWrites(
  versionId: string,
  manifest: Manifest,
  files: readonly Pick<BundleFile, 'path' | 'sha256'>[],
): BatchWrite[] {
  const entries = entriesOf(manifest, files);
  if (entries.length === 0) return [];
  // The list is one parameter, since D1 takes at most a hundred. Its batches take no raw SQL.
  const list = JSON.stringify(entries);
  const said = (key: string) => sql`json_extract(value, ${sql.raw(`'$.${key}'`)})`;
  const values = Object.entries(getTableColumns(packages)).map(([key, column]) =>
    entryKeys.has(key) ? said(key) : sql.raw(String(column.default ?? null)),
  );
  const key = sql`${said('ecosystem')}, ${said('name')}, ${said('version')}, ${said('digest')}`;
  // One of the other entries, since a publisher may have listed thousands: the last that a scanner
  // compared with advisories. A later look of a scanner without advisories says nothing.
  const twin = sql`SELECT id FROM (SELECT id, max(advisoriesAt) FROM ${packages} WHERE (ecosystem, name, version) = (fresh.ecosystem, fresh.name, fresh.version) AND advisoriesAt IS NOT NULL)`;
  const copied = sql`FROM json_each(${list}) CROSS JOIN ${packages} AS fresh CROSS JOIN ${packageAdvisories} AS known WHERE (fresh.ecosystem, fresh.name, fresh.version, fresh.digest) = (${key}) AND fresh.advisoriesAt IS NULL AND known.packageId = (${twin})`;
  // The entry may be one of versions that were approved before the advisory. The look at the entry
  // finds the copied advisory and so nothing new, hence these versions are judged now.
  const isOfOthers = sql`EXISTS (SELECT 1 FROM ${versionPackages} WHERE packageId = fresh.id AND versionId <> ${versionId})`;
  const isNew = sql`NOT EXISTS (SELECT 1 FROM ${packageAdvisories} AS had WHERE had.packageId = fresh.id AND had.advisory = known.advisory)`;
  return [
    (db) =>
      db
        .insert(packages)
        .select(sql`SELECT ${sql.join(values, sql`, `)} FROM json_each(${list}) WHERE true`)
        .onConflictDoNothing(),
    (db) =>
      db
        .insert(versionPackages)
        .select(
          sql`SELECT ${versionId}, ${packages.id} FROM json_each(${list}) CROSS JOIN ${packages} WHERE (${packages.ecosystem}, ${packages.name}, ${packages.version}, ${packages.digest}) = (${key})`,
        )
        .onConflictDoNothing(),
    (db) =>
      db
        .update(packages)
        .set(judgedFromFirst)
        .where(
          sql`${packages.id} IN (SELECT fresh.id ${copied} AND known.isMalware = 1 AND ${isOfOthers} AND ${isNew})`,
        ),
    (db) =>
      db
        .insert(packageAdvisories)
        .select(sql`SELECT fresh.id, known.advisory, known.isMalware, known.summary ${copied}`)
        .onConflictDoNothing(),
  ];
}

/**
 * The write that lets the bad packages of these versions have their consequences again. Only for
 * versions that are approved, since a stranger may publish any number of others.
 */
export function judgeAgainWrite(versionIds: readonly string[]): BatchWrite {
  const used = sql`SELECT packageId FROM ${versionPackages} WHERE versionId IN (SELECT value FROM json_each(${JSON.stringify(versionIds)}))`;
  const isBad = sql`${packages.scan} ->> '$.verdict' = 'block' OR EXISTS (SELECT 1 FROM ${packageAdvisories} WHERE packageId = ${packages.id} AND isMalware = 1)`;
  return (db) =>
    db.update(packages).set(judgedFromFirst).where(sql`${packages.id} IN (${used}) AND (${isBad})`);
}

function entriesOf(
  { capabilities, packages: locked = {} }: Manifest,
  files: readonly Pick<BundleFile, 'path' | 'sha256'>[],
): Entry[] {
  return (capabilities.package ?? []).flatMap(({ digest, ecosystem, name, version }) => {
    const lock = files.find(({ path }) => path === locked[ecosystem]?.lock)?.sha256;
    return digest === undefined || version === undefined || lock === undefined
      ? []
      : [{ ecosystem, name, version, digest, lock }];
  });
}
