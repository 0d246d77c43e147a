/**
 * What the queue shows of a waiting version, judged from its evidence: its report, near copies, new
 * sentences, packages and earlier approvals.
 */
import { and, eq, inArray } from 'drizzle-orm';
import type { Capabilities } from '../../../skills-index/skill/capability.ts';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import type { Severity, severities, Verdict } from '../../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../../skills-index/statement/scan-report.ts';
import {
  type ApprovalsNeeded,
  approvalsNeeded,
  policyDigest,
} from '../../../skills-index/trust/policy/policy.ts';
import type { Registry } from '../../context.ts';
import { hasDigest } from '../../store/columns/digest-column.ts';
import { versions } from '../../store/schema.ts';
import { maliciousWords } from '../../versions/malicious-packages.ts';
import { manifestOf, statementsOf } from '../../versions/manifests.ts';
import { type CountedObservation, observationsOf } from '../../versions/observations.ts';
import type { VersionState } from '../../versions/status.ts';
import type { VersionRow } from '../../versions/versions.ts';
import { reportOf } from '../approvals.ts';
import { type NearCopy, nearCopies } from '../near-copies.ts';
import {
  type ChangesSince,
  changesSince,
  type ProseSince,
  previousApproved,
  proseSince,
  readProse,
} from '../prose-since.ts';
import { type ModelReading, modelReading, type Risk, riskOf } from '../risk.ts';
import { type PackageAlarms, packageAlarmsOf } from '../seen-packages.ts';

/** The part of a scan failure that the queue shows instead of a version's risk. */
const failureCharsMax = 300;

export interface QueueJudgement {
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
  /** The verdict of the worst observation. */
  readonly observed?: Verdict;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly approvalsNeeded: ApprovalsNeeded;
  /** The policy that asks for these approvals. */
  readonly policy: Digest;
  /**
   * Why nothing more is known of the version. Risk, findings and approvals then assume the worst.
   */
  readonly failed?: string;
}

/** Failed versions first, then versions that nobody judged yet, then by falling risk. */
export function rankOf(judged: QueueJudgement | null): number {
  if (judged === null) return 1;
  return judged.failed === undefined ? 2 + 100 - judged.risk.total : failedRank;
}

export const failedRank = 0;
/** The number of ranks. */
export const ranks = 103;

/** Judges a version, and never throws: one damaged version must not hide all others. */
export async function judgeVersion(registry: Registry, row: VersionRow): Promise<QueueJudgement> {
  try {
    return await judge(registry, row);
  } catch (error) {
    return unjudged(registry, whyUnshown(error));
  }
}

/** What the queue says of a version whose evidence cannot be read. */
export function whyUnshown(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `Cannot show this version: ${why.slice(0, failureCharsMax)}`;
}

/** The worst that can be, for a version of which nothing is known. */
export function unjudged({ policy }: Registry, failed: string): QueueJudgement {
  return {
    risk: { total: 100, parts: [] },
    findings: countFindings(undefined),
    approvalsNeeded: policy.approvals.high,
    policy: policyDigest(policy),
    failed,
  };
}

/**
 * Risk of a version: from its report, its near copies, its new sentences, and earlier approvals.
 */
export async function riskOfVersion(
  registry: Registry,
  row: VersionRow,
  known: {
    readonly report: ScanReport | undefined;
    /** From the signed manifest. */
    readonly declared: Capabilities;
    readonly copies: readonly NearCopy[];
    readonly prose: ProseSince;
    readonly reading: ModelReading | undefined;
    /** The worst observation. */
    readonly observed: CountedObservation | undefined;
    readonly changes: ChangesSince | undefined;
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
  const publisherApprovals = await before(hasDigest(versions.publisher, row.publisher));
  return riskOf({ ...known, firstVersion, publisherApprovals });
}

async function judge(registry: Registry, row: VersionRow): Promise<QueueJudgement> {
  const report = await reportOf(registry, row);
  const signed = await statementsOf(registry, row.id);
  const manifest = await manifestOf(registry, row, signed);
  const packages = await packageAlarmsOf(registry, row);
  const previous = await previousApproved(registry, row);
  const stored = await readProse(registry, row);
  const [malicious] = packages.malicious;
  const [observed] = await observationsOf(registry, row, signed);
  const deciding = report?.findings.find((finding) => finding.fingerprint === report.decidedBy[0]);
  const { capabilities } = manifest;
  const asked = {
    capabilities,
    findings: report?.findings ?? [],
    ...(report === undefined ? {} : { verdict: report.verdict }),
  };
  return {
    risk: await riskOfVersion(registry, row, {
      report,
      declared: capabilities,
      copies: await nearCopies(registry, row),
      prose: await proseSince(registry, stored, previous),
      reading: stored && modelReading(stored.prose),
      observed,
      changes: await changesSince(registry, row, { manifest, report, previous }),
      packages,
    }),
    ...(malicious === undefined ? {} : { malicious: maliciousWords(malicious) }),
    ...(observed === undefined ? {} : { observed: observed.verdict }),
    findings: countFindings(report),
    approvalsNeeded:
      observed?.verdict === 'block'
        ? registry.policy.approvals.high
        : approvalsNeeded(registry.policy, asked),
    policy: policyDigest(registry.policy),
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
