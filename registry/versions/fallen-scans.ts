/**
 * A version that nobody has approved yet can have a report whose scanner was ended. Installers
 * would reject it, and its rule set counts as scanned. The version takes the report of another
 * scanner that counts, or loses its report and waits for a scanner. Reviewers then approve the new
 * report. Until then nobody can approve the version: each approval counts the scanners anew.
 */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/sqlite-core';
import {
  type IdentityStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../skills-index/trust/members-and-scopes/identity.ts';
import type { Registry } from '../context.ts';
import { factIn } from '../log/segments/statement-fact.ts';
import { readMembers } from '../people/identities.ts';
import type { KnownMembers } from '../people/known-identities.ts';
import { enqueueScanOnce, openJobOf } from '../scans/jobs.ts';
import { type BatchWrite, elementOf, holds, isAmong, retryOnClash } from '../store/batch.ts';
import { jobs, scans, statements, versions } from '../store/schema.ts';
import { renewals } from '../store/waiting-schema.ts';
import type { StatementRow } from './manifests.ts';
import { doubtWrite, readScannedBy } from './second-scans.ts';
import { moveWrites, type VersionRow } from './versions.ts';

/** Waiting versions of one slice whose scans are asked again after a scanner was ended. */
const scansAskedAtOnce = 50;

/** The versions of one slice whose scans no longer count. */
interface FallenScans {
  /** Ids of the versions. */
  readonly ids: readonly string[];
  readonly writes: readonly BatchWrite[];
  /** The place of the next slice; undefined when no version is left. */
  readonly after: string | undefined;
}

/**
 * The writes that have the scans of all waiting versions asked again, in the batch of a statement
 * that ends a key or a membership for a past log index. The answers follow in slices: very many
 * versions may wait.
 */
export function scansAgainWrites(
  { keys }: KnownMembers,
  { predicateType, predicate }: IdentityStatement,
  logIndex: number,
): BatchWrite[] {
  // Only members scan.
  if (predicateType === predicateTypes.key && !keys.has(predicate.key.keyId)) return [];
  const event = { kind: 'scanners' as const, value: String(logIndex) };
  return [(db) => db.insert(renewals).values(event)];
}

/**
 * The next waiting versions with a scan that counted before a statement, and does not count now.
 * @param end log index of the statement
 * @param place.after `after` of the slice before; empty for the first slice
 * @param place.limit versions of the slice at most
 */
export async function fallenScans(
  registry: Registry,
  end: number,
  { after, limit = scansAskedAtOnce }: { readonly after: string; readonly limit?: number },
): Promise<FallenScans> {
  const known = await readMembers(registry);
  const now = known.chain;
  const before = chainBefore(registry, known, end);
  const rows = await waitingBehind(registry, after === '' ? -1 : Number(after), limit);
  const scanned = await scansOf(registry, rows);
  const fallen: VersionRow[] = [];
  const writes: BatchWrite[] = [];
  for (const row of rows) {
    const all = scanned.get(row.id) ?? [];
    const counting = all.filter((scan) => counts(now, scan));
    const fell = all.find((scan) => counts(before, scan) && !counting.includes(scan));
    if (fell === undefined) continue;
    fallen.push(row);
    writes.push(...(await restWrites(registry, row, counting, fell.logIndex)));
  }
  const last = rows.length < limit ? undefined : rows.at(-1);
  return {
    ids: fallen.map(({ id }) => id),
    writes: fallen.length === 0 ? [] : [areUnchanged(fallen), ...writes],
    after: last && String(last.logIndex),
  };
}

function chainBefore(registry: Registry, known: KnownMembers, end: number): Identities {
  const isBefore = ({ logIndex }: { readonly logIndex: number }) => logIndex < end;
  const verified = known.statements.filter(isBefore);
  return chainIdentities(registry.root, verified, known.frozen.filter(isBefore));
}

function counts(chain: Identities, { signer, logIndex }: StatementRow): boolean {
  return chain.isMember(signer, 'scanner', logIndex);
}

/**
 * The next versions that wait for a scan or a decision, in the order of their publications: a
 * version keeps its place when it moves from one of the states to another.
 */
async function waitingBehind(
  { db }: Registry,
  after: number,
  limit: number,
): Promise<VersionRow[]> {
  // Each by an index. For all at once, SQLite sorts all versions that wait.
  const inState = (status: VersionRow['status']) => {
    const first = db.read
      .select()
      .from(versions)
      .where(and(eq(versions.status, status), gt(versions.logIndex, after)))
      .orderBy(asc(versions.logIndex))
      .limit(limit)
      .as('first');
    return db.read.select().from(first);
  };
  const found = await unionAll(inState('scanning'), inState('in review'), inState('quarantined'));
  return found.sort((a, b) => a.logIndex - b.logIndex).slice(0, limit);
}

/** The scans of versions, by their ids, in log order. */
async function scansOf(
  { db }: Registry,
  rows: readonly VersionRow[],
): Promise<ReadonlyMap<string | null, StatementRow[]>> {
  const ids = rows.map(({ id }) => id);
  const isScan = eq(statements.predicateType, predicateTypes.scan);
  const found = await db.read
    .select()
    .from(statements)
    .where(and(isAmong(statements.versionId, ids), isScan));
  found.sort((a, b) => a.logIndex - b.logIndex);
  return Map.groupBy(found, ({ versionId }) => versionId);
}

/** Makes a batch fail when one of the versions was moved or got another report meanwhile. */
function areUnchanged(rows: readonly VersionRow[]): BatchWrite {
  const list = JSON.stringify(rows.map(({ id, move, report }) => ({ id, move, report })));
  return holds(
    sql`NOT EXISTS (SELECT 1 FROM json_each(${list}) AS was JOIN ${versions} ON ${versions.id} = was.value ->> 'id' WHERE ${versions.move} <> was.value ->> 'move' OR ${versions.report} IS NOT ${elementOf(versions.report, sql`was.value ->> 'report'`)})`,
  );
}

/** The writes that give a version the report of scans that still count. */
async function restWrites(
  registry: Registry,
  row: VersionRow,
  counting: readonly StatementRow[],
  fell: number,
): Promise<BatchWrite[]> {
  const known = await registry.db.read.select().from(scans).where(eq(scans.versionId, row.id));
  const resting = known.map((scan) => ({ ...scan, logIndex: countingIndexOf(scan, counting) }));
  const standing = resting
    .filter((scan) => scan.logIndex !== undefined)
    .sort(
      (a, b) =>
        Number(b.report === row.report) - Number(a.report === row.report) ||
        (b.logIndex ?? 0) - (a.logIndex ?? 0),
    )[0];
  const { report = null, verdict = null } = standing ?? {};
  const next =
    standing === undefined
      ? 'it is scanned again'
      : `it rests on the scan at log index ${standing.logIndex}`;
  return [
    ...resting.map(({ ruleSet, logIndex }): BatchWrite => {
      const which = and(eq(scans.versionId, row.id), eq(scans.ruleSet, ruleSet));
      return (db) =>
        logIndex === undefined
          ? db.delete(scans).where(which)
          : db.update(scans).set({ logIndex }).where(which);
    }),
    (db) => db.update(versions).set({ report, verdict }).where(eq(versions.id, row.id)),
    // The member whose scan no longer counts may scan the version again with another key.
    (db) =>
      db
        .update(jobs)
        .set({ ruleSet: null })
        .where(and(eq(jobs.versionId, row.id), eq(jobs.state, 'done'))),
    ...(await missingScanWrites(registry, { ...row, report })),
    doubtWrite(registry, row, {
      by: 'registry',
      why: `its scan at log index ${fell} does not count: the scanner was ended; ${next}`,
    }),
  ];
}

/**
 * The log index of a counting scanner's signature on this report: the known one, or else the first.
 */
function countingIndexOf(
  { report, logIndex }: { readonly report: string; readonly logIndex: number },
  counting: readonly StatementRow[],
): number | undefined {
  const same = counting.filter((row) => factIn(row) === report);
  return (same.find((row) => row.logIndex === logIndex) ?? same[0])?.logIndex;
}

// Every version that lacks a counting scan has a job for one. Policies change, scanners are ended
// and scanners change their rules while a version waits, so each of these events checks the version
// here. A version without a job would wait for ever.

/**
 * Enqueues the scan that a version lacks, or moves on a version that waited for a scan and has it
 * now.
 */
export async function completeScans(registry: Registry, versionId: string): Promise<void> {
  await retryOnClash(async () => {
    const [row] = await registry.db.read.select().from(versions).where(eq(versions.id, versionId));
    if (row === undefined || !isWaiting(row)) return;
    const { scans, needed } = await readScannedBy(registry, row);
    if (scans.length >= needed) return goOn(registry, row);
    const open = openJobOf(row.id);
    const [job] = await registry.db.read.select({ id: jobs.id }).from(jobs).where(open).limit(1);
    if (job !== undefined) return;
    await registry.db.batch([enqueueScanOnce(registry, row.id)]);
  });
}

/** The write that enqueues the scan that a version lacks, if it lacks one. */
async function missingScanWrites(registry: Registry, row: VersionRow): Promise<BatchWrite[]> {
  if (!isWaiting(row)) return [];
  const { scans, needed } = await readScannedBy(registry, row);
  return scans.length < needed ? [enqueueScanOnce(registry, row.id)] : [];
}

// A version that was held back waits for a person who reads its report. Without a report there is
// nothing to read.
function isWaiting({ status, report }: VersionRow): boolean {
  return (
    status === 'scanning' || status === 'in review' || (status === 'quarantined' && report === null)
  );
}

async function goOn(registry: Registry, row: VersionRow): Promise<void> {
  if (row.status !== 'scanning') return;
  const to = row.verdict === 'pass' || row.verdict === 'review' ? 'in review' : 'quarantined';
  const cause = {
    by: 'registry',
    why: `scan verdict: ${row.verdict}, by as many scanners as policy asks for`,
  };
  await registry.db.batch(
    moveWrites(registry, row, { from: 'scanning', to, by: 'verdict' }, cause).writes,
  );
}
