/** The queue: versions that wait for a person, the riskiest first. */
import { and, asc, between, desc, eq, inArray } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Severity, severities, Verdict } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { ApprovalsNeeded } from '../../skills-index/trust/policy/policy.ts';
import type { Registry } from '../context.ts';
import { claimMs, clockSkewMs, decidedRowsMax, failureCharsMax, queueRowsMax } from '../limits.ts';
import { audit, reviewNotes, versions } from '../store/schema.ts';
import { maliciousWords } from '../versions/malicious-packages.ts';
import { manifestOf } from '../versions/manifests.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';
import { readApprovals, reportOf } from './approvals.ts';
import { type NearCopy, nearCopies } from './near-copies.ts';
import { type ProseSince, proseSince } from './prose-since.ts';
import { type Risk, riskOf } from './risk.ts';
import { type PackageAlarms, packageAlarmsOf } from './seen-packages.ts';

export interface QueueRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly status: VersionState;
  readonly verdict?: Verdict;
  /** The highest total comes first. */
  readonly risk: Risk;
  /** The first finding that decided the verdict. */
  readonly decides?: {
    readonly rule: string;
    readonly message: string;
    readonly severity: Severity;
  };
  /** `the advisory MAL-2026-1 names evil 1.0 of python as malicious`: the first such package. */
  readonly malicious?: string;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly publisher: Digest;
  readonly receivedAt: Date;
  readonly approvals: number;
  readonly approvalsNeeded: ApprovalsNeeded;
  /** Who reviews the version now. */
  readonly claim?: { readonly by: string; readonly until: Date };
  /**
   * Why nothing more is known of the version. Risk, findings and approvals then assume the worst.
   */
  readonly failed?: string;
}

/** Versions in review or quarantined, riskiest first; of two equals, the older first. */
export async function listQueue(registry: Registry): Promise<readonly QueueRow[]> {
  // One query for each state: for both at once, SQLite sorts all waiting versions.
  const each = (['in review', 'quarantined'] as const).map((status) =>
    registry.db.read
      .select()
      .from(versions)
      .where(eq(versions.status, status))
      .orderBy(asc(versions.logIndex))
      .limit(queueRowsMax),
  );
  const waiting = (await Promise.all(each)).flat().sort((a, b) => a.logIndex - b.logIndex);
  const rows: QueueRow[] = [];
  for (const row of waiting.slice(0, queueRowsMax)) rows.push(await queueRow(registry, row));
  const isFailed = (row: QueueRow): number => (row.failed === undefined ? 0 : 1);
  return rows.sort(
    // The sort is stable: of two equals, the older stays first.
    (a, b) => isFailed(b) - isFailed(a) || b.risk.total - a.risk.total,
  );
}

export interface DecidedRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly status: VersionState;
  readonly by: string;
  readonly why: string;
  readonly at: Date;
}

/** People's newest decisions, each version once. */
export async function listDecided(registry: Registry): Promise<readonly DecidedRow[]> {
  const decided: readonly VersionState[] = [
    'approved',
    'refused',
    'suspended',
    'revoked',
    'withdrawn',
  ];
  const each = decided.map((to) =>
    registry.db.read
      .select({
        name: versions.name,
        version: versions.version,
        status: versions.status,
        by: audit.by,
        why: audit.why,
        at: audit.at,
      })
      .from(audit)
      .innerJoin(versions, and(eq(audit.versionId, versions.id), eq(audit.move, versions.move)))
      .where(eq(audit.to, to))
      .orderBy(desc(audit.at))
      .limit(decidedRowsMax),
  );
  const newest = (await Promise.all(each)).flat().sort((a, b) => b.at - a.at);
  return newest.slice(0, decidedRowsMax).map((row) => ({ ...row, at: new Date(row.at) }));
}

/**
 * Risk of a version: from its report, its near copies, its new sentences, and earlier approvals.
 */
export async function riskOfVersion(
  registry: Registry,
  row: VersionRow,
  known: {
    readonly report: ScanReport | undefined;
    readonly copies: readonly NearCopy[];
    readonly prose: ProseSince;
    readonly packages: PackageAlarms;
  },
): Promise<Risk> {
  const approved: VersionState[] = ['approved', 'suspended', 'revoked'];
  // Whether any exists: nobody needs the number, and counting reads all rows.
  const before = async (condition: ReturnType<typeof eq>): Promise<number> => {
    const found = await registry.db.read
      .select({ id: versions.id })
      .from(versions)
      .where(and(condition, inArray(versions.status, approved)))
      .limit(1);
    return found.length;
  };
  const firstVersion = (await before(eq(versions.name, row.name))) === 0;
  const { capabilities: declared } = await manifestOf(registry, row);
  const publisherApprovals = await before(eq(versions.publisher, row.publisher));
  return riskOf({ ...known, declared, firstVersion, publisherApprovals });
}

async function queueRow(registry: Registry, row: VersionRow): Promise<QueueRow> {
  const claim = await claimOf(registry, row.id);
  return {
    name: row.name,
    version: row.version,
    bundle: row.bundle,
    status: row.status,
    publisher: row.publisher,
    receivedAt: new Date(row.createdAt),
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
    ...(claim === undefined ? {} : { claim }),
    // A version that cannot be judged, such as one with a damaged report, must not hide all others.
    ...(await judge(registry, row).catch((error: unknown) => unjudged(registry, error))),
  };
}

type Judged = Pick<
  QueueRow,
  'risk' | 'findings' | 'approvals' | 'approvalsNeeded' | 'decides' | 'failed' | 'malicious'
>;

function unjudged({ policy }: Registry, error: unknown): Judged {
  const why = error instanceof Error ? error.message : String(error);
  return {
    risk: { total: 100, parts: [] },
    findings: countFindings(undefined),
    approvals: 0,
    approvalsNeeded: policy.approvals.high,
    failed: `Cannot show this version: ${why.slice(0, failureCharsMax)}`,
  };
}

async function judge(registry: Registry, row: VersionRow): Promise<Judged> {
  const report = await reportOf(registry, row);
  const { approvals, needed } = await readApprovals(registry, row);
  const packages = await packageAlarmsOf(registry, row);
  const [malicious] = packages.malicious;
  const deciding = report?.findings.find((finding) => finding.fingerprint === report.decidedBy[0]);
  return {
    risk: await riskOfVersion(registry, row, {
      report,
      copies: await nearCopies(registry, row),
      prose: await proseSince(registry, row),
      packages,
    }),
    ...(malicious === undefined ? {} : { malicious: maliciousWords(malicious) }),
    findings: countFindings(report),
    approvals: approvals.length,
    approvalsNeeded: needed,
    ...(deciding === undefined
      ? {}
      : {
          decides: { rule: deciding.rule, message: deciding.message, severity: deciding.severity },
        }),
  };
}

function countFindings(report: ScanReport | undefined): Record<Severity, number> {
  const counts = { info: 0, low: 0, medium: 0, high: 0, critical: 0 } satisfies Record<
    (typeof severities)[number],
    number
  >;
  for (const finding of report?.findings ?? []) counts[finding.severity]++;
  return counts;
}

async function claimOf(registry: Registry, versionId: string): Promise<QueueRow['claim']> {
  const now = registry.now().getTime();
  const [note] = await registry.db.read
    .select()
    .from(reviewNotes)
    .where(
      and(
        eq(reviewNotes.versionId, versionId),
        eq(reviewNotes.kind, 'claimed'),
        between(reviewNotes.at, now - claimMs, now + clockSkewMs),
      ),
    )
    .orderBy(desc(reviewNotes.at))
    .limit(1);
  return note === undefined ? undefined : { by: note.by, until: new Date(note.at + claimMs) };
}
