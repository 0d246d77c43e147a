/** Tables of the packages that versions lock. Migrations are generated from this file, too. */
import { sql } from 'drizzle-orm';
import {
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import type { PackageReport } from '../../skills-index/packages/package-report.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { versionIdColumn } from './columns/digest-column.ts';

/** Locked packages with what a scanner saw of each. Versions with the same entry share a row. */
export const packages = sqliteTable(
  'packages',
  {
    id: integer().primaryKey(),
    ecosystem: text().$type<Ecosystem>().notNull(),
    name: text().notNull(),
    version: text().notNull(),
    /** The digest of the lock's entry. */
    digest: text().$type<Digest>().notNull(),
    /** The blob of a lock file that has the entry. */
    lock: text().$type<Digest>().notNull(),
    leaseUntil: integer().notNull().default(0),
    /** The last report of any kind; null before the first. */
    lookedAt: integer(),
    lookedBy: text(),
    looked: text().$type<PackageReport['looked']>(),
    why: text(),
    /** The last report whose scanner had advisories; null when nobody compared any. */
    advisoriesAt: integer(),
    moreAdvisories: integer().notNull().default(0),
    /** From the last report on the whole package. A later report on the advisories keeps them. */
    facts: text({ mode: 'json' }).$type<NonNullable<PackageReport['facts']>>(),
    scan: text({ mode: 'json' }).$type<NonNullable<PackageReport['scan']>>(),
    /**
     * The last version that was judged again after a report changed what is known to be bad; empty
     * before the first version, null when no version is left.
     */
    judgedUpTo: text(),
    /** How often the judging began at the first version, so that a step of an earlier one fails. */
    judgings: integer().notNull().default(0),
  },
  (table) => [
    uniqueIndex('packages_entry').on(table.ecosystem, table.name, table.version, table.digest),
    index('packages_next').on(table.lookedAt, table.leaseUntil, table.id),
    index('packages_unjudged').on(table.id).where(sql`${table.judgedUpTo} IS NOT NULL`),
  ],
);

/** The packages of each version. */
export const versionPackages = sqliteTable(
  'version_packages',
  { versionId: versionIdColumn().notNull(), packageId: integer().notNull() },
  (table) => [
    primaryKey({ columns: [table.versionId, table.packageId] }),
    index('version_packages_package').on(table.packageId, table.versionId),
  ],
);

/** Advisories that name a package, as the last report reported them. */
export const packageAdvisories = sqliteTable(
  'package_advisories',
  {
    packageId: integer().notNull(),
    advisory: text().notNull(),
    isMalware: integer({ mode: 'boolean' }).notNull(),
    summary: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.packageId, table.advisory] })],
);
