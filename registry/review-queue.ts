/** The queue: versions that wait for a person, the riskiest first. */
import { and, asc, count, desc, eq, gt, inArray } from 'drizzle-orm';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import type { Version } from '../skills-index/skill/version.ts';
import type { Severity, severities, Verdict } from '../skills-index/statement/finding.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import type { ApprovalsNeeded } from '../skills-index/trust/policy.ts';
import { readApprovals, reportOf } from './approvals.ts';
import type { Registry } from './context.ts';
import { claimMs, decidedRowsMax, queueRowsMax } from './limits.ts';
import { manifestOf } from './manifests.ts';
import { type NearCopy, nearCopies } from './near-copies.ts';
import { type ProseSince, proseSince } from './prose-since.ts';
import { type Risk, riskOf } from './risk.ts';
import { audit, reviewNotes, versions } from './schema.ts';
import type { State } from './status.ts';
import type { VersionRow } from './versions.ts';

export interface QueueRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly status: State;
  readonly verdict?: Verdict;
  /** The higher total is read first. */
  readonly risk: Risk;
  /** The first finding that decided the verdict. */
  readonly decides?: { readonly rule: string; readonly message: string; readonly severity: Severity };
  readonly findings: Readonly<Record<Severity, number>>;
  readonly publisher: Digest;
  readonly receivedAt: Date;
  readonly approvals: number;
  readonly approvalsNeeded: ApprovalsNeeded;
  /** Who is looking at it now. */
  readonly claim?: { readonly by: string; readonly until: Date };
}

/** Versions in review or quarantined, riskiest first, the older of two equals first. */
export async function listQueue(registry: Registry): Promise<readonly QueueRow[]> {
  const waiting = await registry.db.read
    .select()
    .from(versions)
    .where(inArray(versions.status, ['in review', 'quarantined']))
    .orderBy(asc(versions.id))
    .limit(queueRowsMax);
  const rows: QueueRow[] = [];
  for (const row of waiting) rows.push(await queueRow(registry, row));
  return rows.sort((a, b) => b.risk.total - a.risk.total || a.receivedAt.getTime() - b.receivedAt.getTime());
}

export interface DecidedRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly status: State;
  readonly by: string;
  readonly at: Date;
}

/** What people decided last, newest first, each version once. */
export async function listDecided(registry: Registry): Promise<readonly DecidedRow[]> {
  const decided: State[] = ['approved', 'refused', 'suspended', 'revoked', 'withdrawn'];
  const rows = await registry.db.read
    .select({ name: versions.name, version: versions.version, status: versions.status, by: audit.by, at: audit.at })
    .from(audit)
    .innerJoin(versions, and(eq(audit.versionId, versions.id), eq(audit.move, versions.move)))
    .where(inArray(audit.to, decided))
    .orderBy(desc(audit.at))
    .limit(decidedRowsMax);
  return rows.map((row) => ({ ...row, at: new Date(row.at) }));
}

/** Risk of a version: its report, what it is a copy of, what it says anew, and what people approved before. */
export async function riskOfVersion(
  registry: Registry,
  row: VersionRow,
  known: { readonly report: ScanReport | undefined; readonly copies: readonly NearCopy[]; readonly prose: ProseSince },
): Promise<Risk> {
  const approved: State[] = ['approved', 'suspended', 'revoked'];
  const before = async (condition: ReturnType<typeof eq>): Promise<number> => {
    const [found] = await registry.db.read
      .select({ n: count() })
      .from(versions)
      .where(and(condition, inArray(versions.status, approved)));
    return found?.n ?? 0;
  };
  const firstVersion = (await before(eq(versions.name, row.name))) === 0;
  const { capabilities: declared } = await manifestOf(registry, row);
  const publisherApprovals = await before(eq(versions.publisher, row.publisher));
  return riskOf({ ...known, declared, firstVersion, publisherApprovals });
}

async function queueRow(registry: Registry, row: VersionRow): Promise<QueueRow> {
  const report = await reportOf(registry, row);
  const { approvals, needed } = await readApprovals(registry, row);
  const deciding = report?.findings.find((finding) => finding.fingerprint === report.decidedBy[0]);
  const claim = await claimOf(registry, row.id);
  return {
    name: row.name,
    version: row.version,
    bundle: row.bundle,
    status: row.status,
    risk: await riskOfVersion(registry, row, {
      report,
      copies: await nearCopies(registry, row),
      prose: await proseSince(registry, row),
    }),
    findings: countFindings(report),
    publisher: row.publisher,
    receivedAt: new Date(row.createdAt),
    approvals: approvals.length,
    approvalsNeeded: needed,
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
    ...(deciding === undefined
      ? {}
      : { decides: { rule: deciding.rule, message: deciding.message, severity: deciding.severity } }),
    ...(claim === undefined ? {} : { claim }),
  };
}

function countFindings(report: ScanReport | undefined): Record<Severity, number> {
  const counts = { info: 0, low: 0, medium: 0, high: 0, critical: 0 } satisfies Record<(typeof severities)[number], number>;
  for (const finding of report?.findings ?? []) counts[finding.severity]++;
  return counts;
}

async function claimOf(registry: Registry, versionId: string): Promise<QueueRow['claim']> {
  const since = registry.now().getTime() - claimMs;
  const [note] = await registry.db.read
    .select()
    .from(reviewNotes)
    .where(and(eq(reviewNotes.versionId, versionId), eq(reviewNotes.kind, 'claimed'), gt(reviewNotes.at, since)))
    .orderBy(desc(reviewNotes.at))
    .limit(1);
  return note === undefined ? undefined : { by: note.by, until: new Date(note.at + claimMs) };
}
