/**
 * A new rule set makes versions wait for a scanner again: a few at a time, behind new versions.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, count, desc, eq, gt, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import { type BatchWrite, holds, retryOnClash } from '../store/batch.ts';
import { jobs, ruleSets, scans, versions } from '../store/schema.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';
import { enqueueScan, openJobOf } from './jobs.ts';

/** Versions considered for a rescan when no other job waits. */
const rescansAtOnce = 50;

/** New rule sets that one scanner may register in an hour. */
export const ruleSetsPerHour = 20;

/** States in which a finding still matters. */
const rescanned: readonly VersionState[] = ['approved', 'in review', 'quarantined', 'suspended'];

/**
 * Notes the rule set of a scanner. A new one becomes the newest.
 * @throws Problem `registry-busy` when this scanner named very many lately
 */
export async function takeRuleSet(registry: Registry, actor: Actor, digest: Digest): Promise<void> {
  const row = { digest, looked: '', by: nameOf(actor), createdAt: registry.now().getTime() };
  if (!(await isNewRuleSet(registry, row))) return;
  const place = sql<number>`(SELECT COALESCE(MAX(${ruleSets.place}), 0) + 1 FROM ${ruleSets})`;
  await registry.db.batch([
    (db) =>
      db
        .insert(ruleSets)
        .values({ ...row, place })
        .onConflictDoNothing(),
  ]);
}

// Each new rule set makes all versions be scanned again.
async function isNewRuleSet(
  registry: Registry,
  { digest, by }: { readonly digest: Digest; readonly by: string },
): Promise<boolean> {
  const [known] = await registry.db.read
    .select({ digest: ruleSets.digest })
    .from(ruleSets)
    .where(eq(ruleSets.digest, digest));
  if (known !== undefined) return false;
  const since = registry.now().getTime() - 3_600_000;
  const lately = and(eq(ruleSets.by, by), gt(ruleSets.createdAt, since));
  const [found] = await registry.db.read.select({ n: count() }).from(ruleSets).where(lately);
  if ((found?.n ?? 0) < ruleSetsPerHour) return true;
  throw new Problem(
    'registry-busy',
    `This scanner named ${ruleSetsPerHour} new rule sets within an hour`,
  );
}

/**
 * Considers the next versions, and enqueues those that the newest rule set has not scanned. Returns
 * their number.
 */
export async function planRescans(registry: Registry): Promise<number> {
  return retryOnClash(async () => {
    const [newest] = await registry.db.read
      .select()
      .from(ruleSets)
      .orderBy(desc(ruleSets.place))
      .limit(1);
    if (newest === undefined || newest.looked === null) return 0;
    // By id alone: with the states in the query, SQLite sorts all versions in those states at each
    // call.
    const slice = await registry.db.read
      .select()
      .from(versions)
      .where(gt(versions.id, newest.looked))
      .orderBy(asc(versions.id))
      .limit(rescansAtOnce);
    const touched: VersionRow[] = [];
    for (const row of slice.filter(({ status }) => rescanned.includes(status))) {
      if (await needsRescan(registry, row, newest.digest)) touched.push(row);
      // Other requests are answered between two versions.
      await nextTurn();
    }
    const looked = slice.length < rescansAtOnce ? null : (slice.at(-1)?.id ?? null);
    const planned: BatchWrite = (db) =>
      db.update(ruleSets).set({ looked }).where(eq(ruleSets.digest, newest.digest));
    const unchanged = holds(
      sql`EXISTS (SELECT 1 FROM ${ruleSets} WHERE ${ruleSets.digest} = ${newest.digest} AND ${ruleSets.looked} IS ${newest.looked})`,
    );
    const writes = await Promise.all(
      touched.map((row) => rescanWrite(registry, row, newest.digest)),
    );
    await registry.db.batch([unchanged, planned, ...writes]);
    return touched.length;
  });
}

async function needsRescan(registry: Registry, row: VersionRow, newest: Digest): Promise<boolean> {
  const [last] = await registry.db.read
    .select({ ruleSet: scans.ruleSet })
    .from(scans)
    .where(eq(scans.versionId, row.id))
    .orderBy(desc(scans.logIndex))
    .limit(1);
  return last !== undefined && last.ruleSet !== newest;
}

// One job for each version: a job of an older rule set that waits or is leased becomes one of the
// newest.
async function rescanWrite(
  registry: Registry,
  { id }: VersionRow,
  ruleSet: Digest,
): Promise<BatchWrite> {
  const open = openJobOf(id);
  const [known] = await registry.db.read.select({ id: jobs.id }).from(jobs).where(open).limit(1);
  if (known === undefined) return enqueueScan(registry, id, ruleSet);
  return (db) => db.update(jobs).set({ ruleSet, attempts: 0 }).where(open);
}
