/** The approvals that the queue shows of a waiting version, counted by rows alone. */

import { scopeOf } from '../../../skills-index/skill/name.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { whyAuthor } from '../../../skills-index/trust/members-and-scopes/authors.ts';
import { policyDigest } from '../../../skills-index/trust/policy/policy.ts';
import { isInOffice } from '../../../skills-index/trust/root/root-office.ts';
import type { Registry } from '../../context.ts';
import { type ApprovalFact, approvalFactIn, basisOf } from '../../log/segments/statement-fact.ts';
import { type StatementRow, statementsOf } from '../../versions/manifests.ts';
import type { VersionRow } from '../../versions/versions.ts';
import { type ContextInRows, contextInRows } from '../approvals.ts';

/**
 * How many people's approvals of a version count now. `countApprovals` gives the same number from
 * the statements, which are objects for older approvals, and a page of the queue has many versions.
 * Intake judged each statement once, the assertion of a passkey included. Only what may change
 * later is judged here. Nothing is decided by this number.
 */
export async function countShown(registry: Registry, version: VersionRow): Promise<number> {
  const rows = await statementsOf(registry, version.id, predicateTypes.approval);
  if (rows.length === 0) return 0;
  const context = await contextInRows(registry, version);
  const reviewers = new Set<string>();
  for (const row of rows) {
    const fact = approvalFactIn(row);
    if (stillCounts(row, fact, context)) reviewers.add(fact.reviewer);
  }
  return reviewers.size;
}

function stillCounts(
  { signer, logIndex }: StatementRow,
  { basis, expires, reviewer, credentialId }: ApprovalFact,
  { root, identities, policy, version, publish, scan, at }: ContextInRows,
): boolean {
  const byKey = credentialId === undefined;
  const enrolled = byKey
    ? identities.memberOf(signer, logIndex)
    : identities.passkeyOf(credentialId, logIndex)?.member;
  const acting = { member: reviewer, ...(byKey ? { keyId: signer } : {}), enrolled };
  const { report: scanReport, ruleSet } = scan;
  return (
    basis === basisOf({ scanReport, ruleSet, policy: policyDigest(policy) }) &&
    logIndex > scan.logIndex &&
    at <= expires &&
    enrolled?.name === reviewer &&
    enrolled.roles.includes('reviewer') &&
    whyAuthor(identities, { scope: scopeOf(version.name), ...publish }, acting, logIndex) ===
      undefined &&
    (byKey || isInOffice(root, 'registry', signer, logIndex))
  );
}
