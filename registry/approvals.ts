/** Which approvals of a version count, and how many are needed: from logged statements only, never from a row that says "approved". */
import { type Digest, isDigest } from '../skills-index/skill/digest.ts';
import { parseJson } from '../skills-index/skill/json.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type ApprovalStatement, predicateTypes } from '../skills-index/statement/attestation.ts';
import { scanReportValuesMax } from '../skills-index/statement/limits.ts';
import { parseScanReport, type ScanReport } from '../skills-index/statement/scan-report.ts';
import type { Identities } from '../skills-index/trust/identity.ts';
import { approvalChallenge, whyNotAsserted } from '../skills-index/trust/passkey.ts';
import { type ApprovalsNeeded, approvalsNeeded, type Policy, policyDigest } from '../skills-index/trust/policy.ts';
import type { Registry } from './context.ts';
import { readIdentities } from './identities.ts';
import { manifestOf, statementIn, statementsOf } from './manifests.ts';
import { readBlob } from './objects.ts';
import type { VersionRow } from './versions.ts';

/** An approval that counts. */
export interface CountedApproval {
  /** Member's name. */
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
  /** One for each person, the first that counts. */
  readonly approvals: readonly CountedApproval[];
  readonly needed: ApprovalsNeeded;
  readonly enough: boolean;
}

/** Approvals and what policy wants, as of now. */
export async function readApprovals(registry: Registry, version: VersionRow): Promise<ApprovalState> {
  const report = await reportOf(registry, version);
  const { capabilities } = await manifestOf(registry, version);
  const needed = approvalsNeeded(registry.policy, {
    capabilities,
    findings: report?.findings ?? [],
    ...(report === undefined ? {} : { verdict: report.verdict }),
  });
  const { chain } = await readIdentities(registry);
  const approvals: CountedApproval[] = [];
  for (const row of await statementsOf(registry, version.id, predicateTypes.approval)) {
    const statement = statementIn(row);
    if (statement.predicateType !== predicateTypes.approval) continue;
    const place = { signer: row.signer, logIndex: row.logIndex };
    const wrong = whyNotCounted(statement, place, { version, policy: registry.policy, chain, now: registry.now() });
    const { reviewer, independent, reason } = statement.predicate;
    if (wrong.length > 0 || approvals.some((one) => one.reviewer === reviewer.member)) continue;
    const by = 'keyId' in reviewer ? 'key' : 'passkey';
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
  const independent = approvals.filter((one) => one.independent).length;
  return { approvals, needed, enough: approvals.length >= needed.total && independent >= needed.independent };
}

interface Against {
  readonly version: Pick<VersionRow, 'name' | 'version' | 'bundle' | 'publisher' | 'report'>;
  readonly policy: Policy;
  readonly chain: Identities;
  readonly now: Date;
}

/** Every reason why an approval does not count for a version; none when it does. Pure. */
export function whyNotCounted(
  statement: ApprovalStatement,
  place: { readonly signer: Digest; readonly logIndex: number },
  { version, policy, chain, now }: Against,
): string[] {
  const { predicate } = statement;
  const checks: readonly (readonly [boolean, string])[] = [
    [predicate.name === version.name && predicate.version === version.version, 'it is about another version'],
    [predicate.bundle === version.bundle, 'it is about other bytes'],
    [isDigest(version.report) && predicate.scanReport === version.report, 'it was given on another scan report'],
    [predicate.policy === policyDigest(policy), 'it was given under another policy'],
    [Date.parse(predicate.expires) >= now.getTime(), 'it has expired'],
    [!chain.namesOf(version.publisher).has(predicate.reviewer.member), 'an author never approves their own'],
  ];
  return [
    ...checks.flatMap(([right, says]) => (right ? [] : [says])),
    ...whyNotReviewer(statement, place, chain, version.publisher),
  ];
}

function whyNotReviewer(
  statement: ApprovalStatement,
  place: { readonly signer: Digest; readonly logIndex: number },
  chain: Identities,
  publisher: Digest,
): string[] {
  const { reviewer, assertion } = statement.predicate;
  if ('keyId' in reviewer) {
    const member = chain.memberOf(reviewer.keyId, place.logIndex);
    if (reviewer.keyId !== place.signer) return ['it is signed by another key than it names'];
    if (reviewer.keyId === publisher) return ['an author never approves their own'];
    if (!chain.isMember(reviewer.keyId, 'reviewer', place.logIndex)) return ['its signer is no reviewer'];
    return member?.name === reviewer.member ? [] : ['its signer is another member than it names'];
  }
  const found = chain.passkeyOf(reviewer.credentialId, place.logIndex);
  if (found === undefined || !found.member.roles.includes('reviewer')) return ['its passkey belongs to no reviewer'];
  if (found.member.name !== reviewer.member) return ['its passkey belongs to another member than it names'];
  if (assertion === undefined) return ['it carries no assertion of the passkey'];
  if (assertion.credentialId !== reviewer.credentialId) return ['its assertion is of another passkey'];
  return whyNotAsserted(assertion, approvalChallenge(statement), found.passkey);
}

/** The version's newest scan report. */
export async function reportOf(registry: Registry, version: VersionRow): Promise<ScanReport | undefined> {
  if (version.report === null) return undefined;
  const bytes = await readBlob(registry.objects, version.report);
  if (bytes === undefined) throw new Problem('internal', `The scan report of ${version.name} is gone`);
  return parseScanReport(parseJson(bytes, 'the scan report', scanReportValuesMax).value);
}
