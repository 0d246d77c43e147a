/**
 * A policy can require two scanners: the second signs the same report, or the version is
 * quarantined. Reports have the same bytes for the same skill and rule set, so scanners with one
 * rule set agree to the byte, or one of them is wrong.
 */
import { and, desc, eq, inArray, isNotNull, notExists, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import type { Actor, Registry } from '../context.ts';
import type { Appending, NewStatement } from '../log/appending.ts';
import { factIn } from '../log/segments/statement-fact.ts';
import { latest, readMembers } from '../people/identities.ts';
import type { BatchWrite } from '../store/batch.ts';
import { audit, jobs, openDoubts, scans, statements, versions } from '../store/schema.ts';
import { type StatementRow, statementsOf } from './manifests.ts';
import type { VersionState } from './status.ts';
import { moveWrites, type VersionRow } from './versions.ts';
import { readVisible, visibleColumns } from './visible-versions.ts';

/** Doubts listed below the queue. */
const doubtRowsMax = 100;

interface ScannedBy {
  /**
   * Scan statements over the version's report by scanners that count: one for each member, in log
   * order.
   */
  readonly scans: readonly StatementRow[];
  readonly needed: 1 | 2;
}

/** The scans of a version, and the number that it needs. */
export async function readScannedBy(
  registry: Registry,
  row: Pick<VersionRow, 'id' | 'report'>,
): Promise<ScannedBy> {
  const { chain } = await readMembers(registry);
  const byMember = new Map<string, StatementRow>();
  for (const scanned of await statementsOf(registry, row.id, predicateTypes.scan)) {
    const member = chain.memberOf(scanned.signer, scanned.logIndex);
    if (factIn(scanned) !== row.report) continue;
    if (member?.roles.includes('scanner') && !byMember.has(member.name))
      byMember.set(member.name, scanned);
  }
  return { scans: [...byMember.values()], needed: registry.policy.scanners ?? 1 };
}

/** Whether fewer scanners than the policy requires signed the version's report. */
export async function lacksScan(registry: Registry, row: VersionRow): Promise<boolean> {
  const { scans: found, needed } = await readScannedBy(registry, row);
  return found.length < needed;
}

/** Whether a version with its first report waits for another scanner. */
export function waitsForSecond({ policy }: Registry, row: VersionRow): boolean {
  return policy.scanners === 2 && isUnjudged(row);
}

/**
 * Jobs that this scanner may lease. It gets no version whose present report it signed itself, with
 * any of its keys, and no version that it answered by these rules, since its answer would be the
 * same.
 * @param ruleSet the scanner's rule set, when the scanner names it
 */
export async function leasableBy(
  registry: Registry,
  { member }: Actor,
  ruleSet?: Digest,
): Promise<SQL | undefined> {
  if (registry.policy.scanners !== 2 || member === undefined) return undefined;
  const { chain } = await readMembers(registry);
  const own = chain.keysOf(member.name, latest);
  const signedHere = registry.db.read
    .select({ one: sql`1` })
    .from(scans)
    .innerJoin(statements, eq(statements.logIndex, scans.logIndex))
    .innerJoin(versions, and(eq(versions.id, scans.versionId), eq(versions.report, scans.report)))
    .where(and(eq(scans.versionId, jobs.versionId), inArray(statements.signer, own)));
  const before = alias(jobs, 'before');
  const answered = registry.db.read
    .select({ one: sql`1` })
    .from(before)
    .where(
      and(
        eq(before.versionId, jobs.versionId),
        eq(before.state, 'done'),
        eq(before.worker, member.name),
        ruleSet === undefined ? isNotNull(before.ruleSet) : eq(before.ruleSet, ruleSet),
      ),
    );
  return and(notExists(answered), or(isNotNull(jobs.ruleSet), notExists(signedHere)));
}

interface FurtherReport {
  readonly signed: NewStatement;
  readonly digest: Digest;
  /** The known report by the same rule set. */
  readonly known: { readonly report: Digest; readonly verdict: Verdict };
  /** Name of the scanner. */
  readonly by: string;
  /** The writes that end the job. */
  readonly ending: readonly BatchWrite[];
}

/**
 * What a further report by a rule set changes when the first report of the rule set is known. It
 * always ends its job. Where the policy requires two scanners and the report is another scanner's,
 * the report is logged, and the version takes the report that both signed, or is held back.
 * Scanners change their rules one after the other, so the two that agree need not agree on the
 * newest report.
 */
export async function furtherReport(
  registry: Registry,
  row: VersionRow,
  { signed, digest, known, by, ending }: FurtherReport,
): Promise<Appending> {
  const { scans: found } = await readScannedBy(registry, { id: row.id, report: known.report });
  const { chain } = await readMembers(registry);
  const isOwn = found.some((row) => chain.memberOf(row.signer, row.logIndex)?.name === by);
  const isWanted = isUnjudged(row) ? await lacksScan(registry, row) : row.report === known.report;
  if (registry.policy.scanners !== 2 || isOwn || found.length !== 1 || !isWanted)
    return { statements: [], writes: () => ending };
  const { report, verdict } = known;
  const agreed: BatchWrite[] = isUnjudged(row)
    ? [(db) => db.update(versions).set({ report, verdict }).where(eq(versions.id, row.id))]
    : [];
  return {
    statements: [{ ...signed, versionId: row.id }],
    writes: () => [
      ...ending,
      ...(digest === report ? agreed : disagreement(registry, row, { digest, by, first: report })),
    ],
  };
}

function isUnjudged({ status }: VersionRow): boolean {
  return status !== 'approved' && status !== 'suspended' && status !== 'revoked';
}

function disagreement(
  registry: Registry,
  row: VersionRow,
  { digest, by, first }: { readonly digest: Digest; readonly by: string; readonly first: Digest },
): BatchWrite[] {
  const why = `two scanners disagree: ${by} signed the report ${digest}, and the first scanner ${first}`;
  if (row.status !== 'scanning' && row.status !== 'in review')
    return [doubtWrite(registry, row, { by, why })];
  return moveWrites(
    registry,
    row,
    { from: row.status, to: 'quarantined', by: 'verdict' },
    { by, why },
  ).writes;
}

// Doubts for a person to decide: failed rescans, and verdicts of rescans that suspend nothing
// automatically.

export interface DoubtRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly status: VersionState;
  readonly why: string;
  readonly at: Date;
}

/** The audit line that asks a person about a version. */
export function doubtWrite(
  registry: Registry,
  { id }: VersionRow,
  cause: { readonly by: string; readonly why: string },
): BatchWrite {
  const line = {
    at: registry.now().getTime(),
    kind: 'job' as const,
    versionId: id,
    ...cause,
  };
  return (db) => db.insert(audit).values(line);
}

/** Doubts that no later report or state change has settled, newest first. */
export async function listDoubts(registry: Registry): Promise<readonly DoubtRow[]> {
  const rows = await readVisible(registry, () =>
    registry.db.read
      .select({ ...visibleColumns, why: audit.why, at: audit.at })
      .from(openDoubts)
      .innerJoin(audit, eq(audit.id, openDoubts.auditId))
      .innerJoin(versions, eq(versions.id, openDoubts.versionId))
      // The plus keeps SQLite from the index over states, which would sort all doubts.
      .where(sql`+${versions.status} IN ('approved', 'in review', 'quarantined', 'suspended')`)
      .orderBy(desc(openDoubts.at))
      .limit(doubtRowsMax),
  );
  // A state change settles the doubts of a version.
  return rows
    .filter(({ due }) => due === undefined)
    .map(({ at, name, status, version, why }) => ({
      name,
      version,
      status,
      why,
      at: new Date(at),
    }));
}
