/**
 * Looks at packages. A scanner leases a locked package, looks at it where host policy names
 * indexes and advisories, and reports. The registry has neither, and remembers the report.
 */
import { and, asc, eq, gt, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import {
  type LeasedPackage,
  type PackageReport,
  plainText,
} from '../../skills-index/packages/package-report.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import { putOff } from '../index/put-off.ts';
import { refreshStatus } from '../index/status-json.ts';
import { orLater } from '../log/after-logging.ts';
import type { Appending } from '../log/appending.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { requireRole } from '../people/identities.ts';
import { clockSkewMs } from '../sign-in/sessions.ts';
import { type PlannedSuspension, reasonTextCharsMax, suspensionOf } from '../stops/incidents.ts';
import { type BatchWrite, holds } from '../store/batch.ts';
import { packageAdvisories, packages, versionPackages } from '../store/package-schema.ts';
import { audit, versions } from '../store/schema.ts';
import { type MaliciousPackage, maliciousWords } from '../versions/malicious-packages.ts';
import { doubtWrite } from '../versions/second-scans.ts';
import { judgedFromFirst } from '../versions/version-packages.ts';
import type { VersionRow } from '../versions/versions.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';

/** After this time, the advisories that name a package are compared again. */
export const packageReportAgainMs = 24 * 3_600_000;

/** After a report that failed, a package waits this time. */
export const packageReportRetryMs = 60_000;

export const packageLeaseMs = 10 * 60_000;

/** Versions that one request judges again by a report, and versions of a package read at once. */
const judgedAtOnce = 20;

const packageVersionsAtOnce = 100;

/**
 * Leases a package whose last report is more than two days old, or else the oldest package that
 * nobody looked at, or else the package whose last report is oldest and more than a day old. Work
 * that an interrupted request left is done first.
 * @throws Problem `forbidden`
 */
export async function leasePackage(
  registry: Registry,
  actor: Actor,
): Promise<LeasedPackage | undefined> {
  requireRole(actor, ['scanner']);
  await orLater(registry, () => judgeByPackageReports(registry));
  const now = registry.now().getTime();
  // A lease that ends much later than a new one would was given by a clock that was ahead.
  const isFree = sql`(${packages.leaseUntil} < ${now} OR ${packages.leaseUntil} > ${now + 2 * packageLeaseMs})`;
  // Each of the four is found by an index. A publisher may list new packages without end, so they
  // wait for packages whose last report is two days old. A package whose scanner gave no report
  // comes behind the packages that nobody leased.
  const firstOf = (due: SQL): SQL =>
    sql`(SELECT ${packages.id} FROM ${packages} WHERE ${due} AND ${isFree} ORDER BY ${packages.lookedAt}, ${packages.leaseUntil}, ${packages.id} LIMIT 1)`;
  const next = sql`COALESCE(${firstOf(sql`${packages.lookedAt} < ${now - 2 * packageReportAgainMs}`)}, ${firstOf(sql`${packages.lookedAt} IS NULL`)}, ${firstOf(sql`${packages.lookedAt} < ${now - packageReportAgainMs}`)}, ${firstOf(sql`${packages.lookedAt} > ${now + clockSkewMs}`)})`;
  const [row] = await registry.db.read
    .update(packages)
    .set({ leaseUntil: now + packageLeaseMs })
    .where(eq(packages.id, next))
    .returning();
  if (row === undefined) return undefined;
  const { digest, ecosystem, facts, id, lock, name, version } = row;
  return { id, ecosystem, name, version, digest, lock, lookedBefore: facts !== null };
}

/**
 * Gives a lease back without a report. The package waits a minute: free at once, it would be leased
 * before every other package to a scanner that fails at it.
 * @throws Problem `forbidden`
 */
export async function giveBackPackage(registry: Registry, actor: Actor, id: number): Promise<void> {
  requireRole(actor, ['scanner']);
  const until = registry.now().getTime() + packageReportRetryMs;
  await registry.db.batch([
    (db) =>
      db
        .update(packages)
        .set({ leaseUntil: until })
        .where(and(eq(packages.id, id), gt(packages.leaseUntil, until))),
  ]);
}

/**
 * Takes a report. Then the report has its consequences for a few versions; later requests go on.
 * @throws Problem `forbidden`, `not-found`
 */
export async function takePackageReport(
  registry: Registry,
  actor: Actor,
  { id, report }: { readonly id: number; readonly report: PackageReport },
): Promise<void> {
  requireRole(actor, ['scanner']);
  const [known] = await registry.db.read
    .select({ id: packages.id })
    .from(packages)
    .where(eq(packages.id, id));
  if (known === undefined) throw new Problem('not-found', `There is no package ${id}`);
  const { advisories, facts, looked, scan, why = null } = report;
  const lookedAt = registry.now().getTime();
  const seen = {
    lookedAt,
    lookedBy: nameOf(actor),
    leaseUntil: 0,
    looked,
    why,
    ...(advisories === undefined
      ? {}
      : { advisoriesAt: lookedAt, moreAdvisories: report.moreAdvisories ?? 0 }),
    ...(facts === undefined ? {} : { facts, scan: scan ?? null }),
  };
  const mine = eq(packages.id, id);
  await registry.db.batch([
    // First, because the statement compares the report with the rows of the report before.
    (db) =>
      db
        .update(packages)
        .set(judgedFromFirst)
        .where(sql`${mine} AND ${isWorseOrBetter(id, report)}`),
    (db) => db.update(packages).set(seen).where(mine),
    ...(advisories === undefined ? [] : advisoryWrites(id, advisories)),
  ]);
  await orLater(registry, () => judgeByPackageReports(registry));
}

function advisoryWrites(
  id: number,
  advisories: NonNullable<PackageReport['advisories']>,
): readonly BatchWrite[] {
  // Of two entries with one id, the last counts: malware goes to the end.
  const sorted = [...advisories].sort((a, b) => Number(a.isMalware) - Number(b.isMalware));
  const list = JSON.stringify([...new Map(sorted.map((one) => [one.id, one])).values()]);
  return [
    (db) => db.delete(packageAdvisories).where(eq(packageAdvisories.packageId, id)),
    (db) =>
      db
        .insert(packageAdvisories)
        .select(
          sql`SELECT ${id}, json_extract(value, '$.id'), json_extract(value, '$.isMalware'), json_extract(value, '$.summary') FROM json_each(${list})`,
        ),
  ];
}

// Another set of malicious advisories, or a scan that blocks where the scan before did not.
function isWorseOrBetter(id: number, { advisories, scan }: PackageReport): SQL {
  const blocks = sql`${scan?.verdict ?? ''} = 'block' AND COALESCE(${packages.scan} ->> '$.verdict', '') <> 'block'`;
  if (advisories === undefined) return blocks;
  const named = advisories.flatMap((one) => (one.isMalware ? [one.id] : []));
  const { advisory, isMalware, packageId } = packageAdvisories;
  const list = JSON.stringify(named);
  const known = sql`FROM ${packageAdvisories} WHERE ${packageId} = ${id} AND ${isMalware} = 1`;
  const came = sql`EXISTS (SELECT 1 FROM json_each(${list}) WHERE value NOT IN (SELECT ${advisory} ${known}))`;
  const went = sql`EXISTS (SELECT 1 ${known} AND ${advisory} NOT IN (SELECT value FROM json_each(${list})))`;
  return sql`(${came} OR ${went} OR ${blocks})`;
}

// What the report of a package means for the versions that lock the package. An advisory of malware
// suspends approved versions. A scan that blocks asks a person. A package remembers how far its
// versions were judged, so that nothing is lost when a request ends in the middle.

type PackageRow = typeof packages.$inferSelect;

/**
 * Judges the next versions whose packages a report changed.
 * @returns whether there may be more
 */
export async function judgeByPackageReports(registry: Registry): Promise<boolean> {
  let suspended = false;
  let isDone = false;
  for (let steps = 0; steps < judgedAtOnce; steps++) {
    const { decision, indexes } = await appendInTurn(registry, () => judgeNext(registry));
    isDone = decision.isDone;
    if (isDone) break;
    // Enough approvals may have waited for the advisory to go.
    if (decision.inReview !== undefined) putOff(registry, decision.inReview);
    if (indexes.length > 0) suspended = true;
  }
  if (suspended) await orLater(registry, () => refreshStatus(registry));
  return !isDone;
}

interface Step extends Appending {
  /** Whether no package waits. */
  readonly isDone: boolean;
  /** Id of the version in review that was judged. */
  readonly inReview?: string | undefined;
}

/** One step: at most one version has a consequence. */
async function judgeNext(registry: Registry): Promise<Step> {
  const [due] = await registry.db.read
    .select()
    .from(packages)
    .where(isNotNull(packages.judgedUpTo))
    .orderBy(asc(packages.id))
    .limit(1);
  if (due === undefined) return { statements: [], writes: () => [], isDone: true };
  const malicious = await malwareOf(registry, due);
  const slice = await versionsAfter(registry, due);
  const row = slice.find(
    ({ status }) => status === 'approved' || (status === 'in review' && malicious === undefined),
  );
  const last = slice.length < packageVersionsAtOnce ? null : (slice.at(-1)?.id ?? null);
  const upTo = row?.id ?? last;
  const step: BatchWrite[] = [
    holds(
      sql`EXISTS (SELECT 1 FROM ${packages} WHERE ${packages.id} = ${due.id} AND ${packages.judgedUpTo} IS ${due.judgedUpTo} AND ${packages.judgings} = ${due.judgings})`,
    ),
    (db) => db.update(packages).set({ judgedUpTo: upTo }).where(eq(packages.id, due.id)),
  ];
  const planned =
    row?.status === 'approved'
      ? await consequenceFor(registry, row, { due, malicious })
      : undefined;
  const { statement } = planned ?? {};
  return {
    statements:
      statement === undefined || row === undefined ? [] : [{ ...statement, versionId: row.id }],
    writes: () => [...step, ...(planned?.writes ?? [])],
    isDone: false,
    inReview: row?.status === 'in review' ? row.id : undefined,
  };
}

async function consequenceFor(
  registry: Registry,
  row: VersionRow,
  {
    due,
    malicious,
  }: { readonly due: PackageRow; readonly malicious: MaliciousPackage | undefined },
): Promise<PlannedSuspension | undefined> {
  if (malicious !== undefined) {
    return suspensionOf(registry, row, capitalized(maliciousWords(malicious)));
  }
  if (due.scan?.verdict !== 'block') return undefined;
  const { findings } = due.scan;
  const found = findings.map(({ line, path, rule }) => `${rule} at ${path}:${line}`).join(', ');
  const what = `The scan of ${due.name} ${due.version} of ${due.ecosystem} says block`;
  const why = plainText(found === '' ? what : `${what}: ${found}`, reasonTextCharsMax);
  const asked = await wasAsked(registry, row, why);
  return asked ? undefined : { writes: [doubtWrite(registry, row, { by: 'registry', why })] };
}

// A version may be judged again because of another package or of another report.
async function wasAsked({ db }: Registry, { id }: VersionRow, why: string): Promise<boolean> {
  const found = await db.read
    .select({ id: audit.id })
    .from(audit)
    .where(
      and(eq(audit.versionId, id), eq(audit.kind, 'job'), isNull(audit.move), eq(audit.why, why)),
    )
    .limit(1);
  return found.length > 0;
}

async function malwareOf(
  { db }: Registry,
  { ecosystem, id, name, version }: PackageRow,
): Promise<MaliciousPackage | undefined> {
  const [first] = await db.read
    .select({ advisory: packageAdvisories.advisory })
    .from(packageAdvisories)
    .where(and(eq(packageAdvisories.packageId, id), eq(packageAdvisories.isMalware, true)))
    .orderBy(asc(packageAdvisories.advisory))
    .limit(1);
  return first === undefined ? undefined : { ecosystem, name, version, ...first };
}

async function versionsAfter(
  registry: Registry,
  { id, judgedUpTo }: PackageRow,
): Promise<readonly VersionRow[]> {
  return readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versionPackages)
      .innerJoin(versions, eq(versions.id, versionPackages.versionId))
      .where(
        and(eq(versionPackages.packageId, id), gt(versionPackages.versionId, judgedUpTo ?? '')),
      )
      .orderBy(asc(versionPackages.versionId))
      .limit(packageVersionsAtOnce),
  );
}
