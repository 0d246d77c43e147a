/**
 * A new rule set makes versions wait for a scanner again: those only that its change can touch, a
 * few at a time, behind what is new.
 */
import { and, asc, count, desc, eq, gt, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  canTouch,
  changeOf,
  parseRuleSet,
  type RuleSet,
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
 * Takes a scanner's description of the rule set that it scans by. One that is new here is the
 * newest from now on.
 * @throws Problem `forbidden`, `statement-invalid`, `registry-busy` when this scanner described
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

// Each new rule set makes all versions be looked at again.
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
 * Looks at the next versions, and makes jobs of those that the newest rule set can say something
 * else of. Gives how many.
 */
export async function planRescans(registry: Registry): Promise<number> {
  return retryOnClash(async () => {
    const [newest] = await registry.db.read
      .select()
      .from(ruleSets)
      .orderBy(desc(ruleSets.place))
      .limit(1);
    if (newest === undefined || newest.looked === null) return 0;
    // By id alone: with the states in the question, SQLite sorts all versions in them, at each
    // call.
    const slice = await registry.db.read
      .select()
      .from(versions)
      .where(gt(versions.id, newest.looked))
      .orderBy(asc(versions.id))
      .limit(rescansAtOnce);
    const touched: VersionRow[] = [];
    for (const row of slice.filter(({ status }) => rescanned.includes(status)))
      if (await needsRescan(registry, row, newest.described)) touched.push(row);
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

async function needsRescan(registry: Registry, row: VersionRow, newest: RuleSet): Promise<boolean> {
  const [last] = await registry.db.read
    .select({ selectors: scans.selectors, described: ruleSets.described, ruleSet: scans.ruleSet })
    .from(scans)
    .leftJoin(ruleSets, eq(ruleSets.digest, scans.ruleSet))
    .where(eq(scans.versionId, row.id))
    .orderBy(desc(scans.logIndex))
    .limit(1);
  if (last === undefined || last.ruleSet === newest.digest) return false;
  // By a rule set that no scanner described here: nothing can be ruled out.
  return (
    last.described === null ||
    canTouch(changeOf(last.described, newest), last.selectors ?? undefined)
  );
}

// One job for each version: what waits, or is being scanned, by an older rule set is for the newest
// from now on.
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
