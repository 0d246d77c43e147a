/**
 * Which approvals of a version count, and how many it needs. Both come from logged statements only,
 * never from a row that says "approved".
 */
import { eq } from 'drizzle-orm';
import { capabilityDigest } from '../../skills-index/skill/capability.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  type ApprovalStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import {
  parseScanReport,
  type ScanReport,
  scanReportValuesMax,
} from '../../skills-index/statement/scan-report.ts';
import { type ApprovalContext, whyNotCounted } from '../../skills-index/trust/decision/judge.ts';
import {
  type ApprovalsNeeded,
  approvalsNeeded,
  whyHigh,
} from '../../skills-index/trust/policy/policy.ts';
import type { Registry } from '../context.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { readIdentities } from '../people/identities.ts';
import { requireBlob } from '../store/blobs.ts';
import { scans } from '../store/schema.ts';
import { publishedBy } from '../versions/authors.ts';
import { manifestOf, statementsOf } from '../versions/manifests.ts';
import { lacksObservation, observationsOf } from '../versions/observations.ts';
import { readScannedBy } from '../versions/second-scans.ts';
import type { VersionRow } from '../versions/versions.ts';

/** An approval that counts. */
export interface CountedApproval {
  /** The member's name. */
  readonly reviewer: string;
  readonly by: 'key' | 'passkey';
  readonly independent: boolean;
  readonly reason: string;
  readonly at: Date;
  readonly logIndex: number;
  /** Address of the statement; absent until its checkpoint is signed. */
  readonly digest: Digest | undefined;
  readonly statement: ApprovalStatement;
}

export interface ApprovalState {
  /** One approval for each person: the first that counts, an independent one before others. */
  readonly approvals: readonly CountedApproval[];
  readonly needed: ApprovalsNeeded;
  /** Why more approvals are needed than usual. */
  readonly whyMore: readonly string[];
  readonly enough: boolean;
}

/** The approvals of a version, and the number that the policy requires now. */
export async function readApprovals(
  registry: Registry,
  version: VersionRow,
): Promise<ApprovalState> {
  const report = await reportOf(registry, version);
  const { capabilities } = await manifestOf(registry, version);
  const asked = {
    capabilities,
    findings: report?.findings ?? [],
    ...(report === undefined ? {} : { verdict: report.verdict }),
  };
  const observations = await observationsOf(registry, version);
  const isBlocked = observations[0]?.verdict === 'block';
  const needed = isBlocked
    ? registry.policy.approvals.high
    : approvalsNeeded(registry.policy, asked);
  const approvals = await countApprovals(registry, version);
  const independent = approvals.filter((approval) => approval.independent).length;
  const whyMore = [
    ...whyHigh(registry.policy, asked),
    ...(isBlocked ? ['its observation says block'] : []),
  ];
  const { scans: scanned, needed: scanners } = await readScannedBy(registry, version);
  const enough =
    approvals.length >= needed.total &&
    independent >= needed.independent &&
    scanned.length >= scanners &&
    !lacksObservation(registry, observations);
  return { approvals, needed, whyMore, enough };
}

/** The approvals of a version that count now. */
export async function countApprovals(
  registry: Registry,
  version: VersionRow,
): Promise<CountedApproval[]> {
  const approvals: CountedApproval[] = [];
  const rows = await statementsOf(registry, version.id, predicateTypes.approval);
  const context = rows.length === 0 ? undefined : await approvalContext(registry, version);
  for (const row of rows) {
    const statement = await readStatement(registry, row);
    if (statement.predicateType !== predicateTypes.approval || context === undefined) continue;
    const wrong = whyNotCounted({ statement, signer: row.signer, logIndex: row.logIndex }, context);
    const { reviewer, independent, reason } = statement.predicate;
    const before = approvals.find((approval) => approval.reviewer === reviewer.member);
    const by = 'keyId' in reviewer ? 'key' : 'passkey';
    // A person who approved in the desk may approve again outside it: the independent approval then
    // counts for the person.
    if (
      wrong.length > 0 ||
      (before !== undefined && (before.independent || !independent || by !== 'key'))
    )
      continue;
    if (before !== undefined) approvals.splice(approvals.indexOf(before), 1);
    approvals.push({
      reviewer: reviewer.member,
      by,
      independent: independent && by === 'key',
      reason,
      at: new Date(row.createdAt),
      logIndex: row.logIndex,
      digest: row.bundle ?? undefined,
      statement,
    });
  }
  return approvals;
}

/**
 * The facts against which an approval is judged, exactly as installers judge it.
 * @throws Problem `approval-refused` when there is no scan to approve
 */
export async function approvalContext(
  registry: Registry,
  version: VersionRow,
): Promise<ApprovalContext> {
  const { capabilities } = await manifestOf(registry, version);
  return {
    ...(await contextInRows(registry, version)),
    capabilityDigest: capabilityDigest(capabilities),
  };
}

/** The facts of an `ApprovalContext` that are in rows: all but the capabilities. */
export type ContextInRows = Required<Omit<ApprovalContext, 'capabilityDigest'>>;

/** @throws Problem `approval-refused` when there is no scan to approve */
export async function contextInRows(
  registry: Registry,
  version: VersionRow,
): Promise<ContextInRows> {
  const publish = await publishedBy(registry, version);
  const question = { scopes: [scopeOf(version.name)], ids: [publish.signer] };
  const { chain } = await readIdentities(registry, question);
  const known = await registry.db.read.select().from(scans).where(eq(scans.versionId, version.id));
  const scan = known.find((row) => row.report === version.report);
  if (scan === undefined)
    throw new Problem('approval-refused', 'Cannot approve: there is no scan report');
  // Installers require approvals behind all scans in the verification summary: where the policy
  // asks for two scans, behind the second.
  const { scans: found, needed } = await readScannedBy(registry, version);
  const scanned = needed > 1 ? found : [];
  return {
    root: registry.root,
    policy: registry.policy,
    identities: chain,
    version,
    publish,
    scan: { ...scan, logIndex: Math.max(scan.logIndex, ...scanned.map((row) => row.logIndex)) },
    at: registry.now().getTime(),
  };
}

/** The version's newest scan report. */
export async function reportOf(
  registry: Registry,
  version: VersionRow,
): Promise<ScanReport | undefined> {
  if (version.report === null) return undefined;
  const bytes = await requireBlob(registry, version.report);
  return parseScanReport(parseJson(bytes, 'the scan report', scanReportValuesMax).value);
}
