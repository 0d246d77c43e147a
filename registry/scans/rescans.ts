/**
 * A new rule set makes versions wait for a scanner again: only those that the change can affect, a
 * few at a time, behind new versions.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, count, desc, eq, gt, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  canTouch,
  changeOf,
  parseRuleSet,
  type RuleSet,
  type RuleSetChange,
} from '../../skills-index/statement/rule-set.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import { rescansAtOnce, ruleSetsPerHour } from '../limits.ts';
import { requireRole } from '../people/identities.ts';
import { type BatchWrite, holds, retryOnClash } from '../store/batch.ts';
import { jobs, ruleSets, scans, versions } from '../store/schema.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';
import { enqueueScan, openJobOf } from './jobs.ts';

/** States in which a finding still matters. */
const rescanned: readonly VersionState[] = ['approved', 'in review', 'quarantined', 'suspended'];

/**
 * Registers the rule set of a scanner. A new one becomes the newest.
 * @throws Problem `forbidden`, `statement-invalid`, `registry-busy` when this scanner registered
 * very many lately
 */
export async function takeRuleSet(
  registry: Registry,
  actor: Actor,
  value: unknown,
): Promise<RuleSet> {
  requireRole(actor, ['scanner']);
  const described = parseRuleSet(value);
  const row = {
    digest: described.digest,
    described,
    looked: '',
    by: nameOf(actor),
    createdAt: registry.now().getTime(),
  };
  const place = sql<number>`(SELECT COALESCE(MAX(${ruleSets.place}), 0) + 1 FROM ${ruleSets})`;
  await requireFewRuleSets(registry, row);
  await registry.db.batch([
    (db) =>
      db
        .insert(ruleSets)
        .values({ ...row, place })
        .onConflictDoNothing(),
  ]);
  return described;
}

// Each new rule set makes all versions be considered again.
async function requireFewRuleSets(
  registry: Registry,
  { digest, by }: { readonly digest: Digest; readonly by: string },
): Promise<void> {
  const [known] = await registry.db.read
    .select({ digest: ruleSets.digest })
    .from(ruleSets)
    .where(eq(ruleSets.digest, digest));
  if (known !== undefined) return;
  const since = registry.now().getTime() - 3_600_000;
  const lately = and(eq(ruleSets.by, by), gt(ruleSets.createdAt, since));
  const [found] = await registry.db.read.select({ n: count() }).from(ruleSets).where(lately);
  if ((found?.n ?? 0) < ruleSetsPerHour) return;
  throw new Problem(
    'registry-busy',
    `This scanner described ${ruleSetsPerHour} new rule sets within an hour`,
  );
}

/**
 * Considers the next versions, and enqueues those for which the newest rule set can give another
 * result. Returns their number.
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
    const changes = changesTo(registry, newest.described);
    for (const row of slice.filter(({ status }) => rescanned.includes(status))) {
      if (await needsRescan(registry, row, changes)) touched.push(row);
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

/** What changed since a rule set; undefined when the registry does not know the rule set. */
type ChangesTo = (earlier: Digest) => Promise<RuleSetChange | undefined>;

// Hundreds of versions have the same earlier rule set, and its description can be large.
function changesTo({ db }: Registry, newest: RuleSet): ChangesTo {
  const known = new Map<Digest, RuleSetChange | undefined>();
  return async (earlier) => {
    if (known.has(earlier)) return known.get(earlier);
    const [row] = await db.read.select().from(ruleSets).where(eq(ruleSets.digest, earlier));
    const change = row === undefined ? undefined : changeOf(row.described, newest);
    known.set(earlier, change);
    return change;
  };
}

async function needsRescan(
  registry: Registry,
  row: VersionRow,
  changes: ChangesTo,
): Promise<boolean> {
  const [last] = await registry.db.read
    .select({ selectors: scans.selectors, ruleSet: scans.ruleSet })
    .from(scans)
    .where(eq(scans.versionId, row.id))
    .orderBy(desc(scans.logIndex))
    .limit(1);
  if (last === undefined) return false;
  const change = await changes(last.ruleSet);
  // The old rule set is unknown here, so nothing can be ruled out.
  return change === undefined || canTouch(change, last.selectors ?? undefined);
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
