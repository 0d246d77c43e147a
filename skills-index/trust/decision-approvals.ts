/** Judges the approvals: by whom, of what, and whether they are enough. */
import { capabilityDigest } from '../skill/capability.ts';
import { scopeOf } from '../skill/name.ts';
import { type ApprovalStatement, predicateTypes } from '../statement/attestation.ts';
import type { AdmittedApproval } from './decision.ts';
import { type Evidence, statementsOf, type Verified } from './decision-evidence.ts';
import type { Reasons } from './decision-reason.ts';
import type { JudgedPublish, JudgedScan, JudgedVerdict } from './decision-version.ts';
import { approvalChallenge, whyNotAsserted } from './passkey.ts';
import { policyDigest } from './policy.ts';
import { rootKeyId } from './root.ts';

/** What the approvals are judged against; undefined where that already failed. */
export interface JudgedBefore {
  readonly publish: JudgedPublish | undefined;
  readonly scan: JudgedScan | undefined;
  readonly verdict: JudgedVerdict | undefined;
}

type LoggedApproval = Verified<(typeof predicateTypes)['approval']>;

/** Every approval has to hold, and enough people have to have given one. */
export function judgeApprovals(evidence: Evidence, before: JudgedBefore, reasons: Reasons): AdmittedApproval[] {
  const approvals = statementsOf(evidence, predicateTypes.approval);
  const held = approvals.flatMap((one) => {
    const faults = [...whyNotAbout(evidence, before, one), ...whyNotReviewer(evidence, before, one)];
    for (const fault of faults) {
      const { member } = one.statement.predicate.reviewer;
      reasons.add('approval-invalid', `the approval of ${member} at log index ${one.logIndex} does not count: ${fault}`);
    }
    return faults.length === 0 ? [admitted(one)] : [];
  });
  if (before.scan === undefined) return held;
  const { total, independent } = before.scan.needed;
  const people = new Set(held.map((one) => one.member));
  const alone = new Set(held.filter((one) => one.independent).map((one) => one.member));
  reasons.demand(people.size >= total, 'approvals-missing', `${people.size} of ${total} people approved it`);
  reasons.demand(
    alone.size >= independent,
    'approvals-not-independent',
    `${alone.size} of ${independent} independent approvals (signed without the desk)`,
  );
  return held;
}

function admitted({ statement, logIndex }: LoggedApproval): AdmittedApproval {
  const { reviewer, independent, reason } = statement.predicate;
  const by = 'keyId' in reviewer ? 'key' : 'passkey';
  // Who signs in the desk believes what the desk shows.
  return { member: reviewer.member, by, independent: independent && by === 'key', reason, logIndex };
}

function whyNotAbout(evidence: Evidence, { scan, verdict }: JudgedBefore, { statement, logIndex }: LoggedApproval): string[] {
  const { line, policy } = evidence.input;
  const said = statement.predicate;
  const sameVersion = said.name === line.name && said.version === line.version && said.bundle === line.bundle;
  return [
    ...(sameVersion ? [] : ['it is about another version']),
    ...(said.capabilityDigest === capabilityDigest(line.capabilities)
      ? []
      : ['it approves other capabilities than the index shows']),
    ...(scan === undefined || said.scanReport === scan.report ? [] : ['it rests on another scan report']),
    ...(scan === undefined || said.ruleSet === scan.ruleSet ? [] : ['it rests on another rule set']),
    ...(scan === undefined || logIndex > scan.logIndex ? [] : ['it was given before the scan']),
    ...(said.policy === policyDigest(policy) ? [] : ['it was given under another policy']),
    ...(verdict === undefined || verdict.at <= Date.parse(said.expires) ? [] : [`its draft expired at ${said.expires}`]),
  ];
}

function whyNotReviewer(evidence: Evidence, { publish }: JudgedBefore, approval: LoggedApproval): string[] {
  const { identities, input } = evidence;
  const { signer, logIndex, statement } = approval;
  const { reviewer } = statement.predicate;
  const member =
    'keyId' in reviewer
      ? identities.memberOf(reviewer.keyId, logIndex)
      : identities.passkeyOf(reviewer.credentialId, logIndex)?.member;
  const scope = scopeOf(input.line.name);
  const authorKeys = new Set([
    ...(publish === undefined ? [] : [publish.signer, ...identities.ownersOf(scope, publish.logIndex).map((one) => one.keyId)]),
    ...identities.ownersOf(scope, logIndex).map((one) => one.keyId),
  ]);
  const authorNames = new Set([...authorKeys].flatMap((key) => [...identities.namesOf(key)]));
  const isAuthor = authorNames.has(reviewer.member) || ('keyId' in reviewer && authorKeys.has(reviewer.keyId));
  return [
    ...(member?.roles.includes('reviewer') ? [] : ['its signer was no reviewer then']),
    ...(member === undefined || member.name === reviewer.member ? [] : [`its signer is ${member.name}`]),
    ...(isAuthor ? ['an author never approves their own'] : []),
    ...('keyId' in reviewer ? whyNotByKey(approval) : whyNotByPasskey(evidence, statement, reviewer.credentialId, logIndex)),
    ...('keyId' in reviewer || signer === rootKeyId(input.root.registry) ? [] : ['it was not logged by the registry']),
  ];
}

function whyNotByKey({ statement, signer }: LoggedApproval): string[] {
  const { reviewer, assertion } = statement.predicate;
  const same = 'keyId' in reviewer && reviewer.keyId === signer && assertion === undefined;
  return same ? [] : ['it is not signed with the key that it names'];
}

// The registry's signature gives it a place in the log and counts for nothing else.
function whyNotByPasskey(evidence: Evidence, statement: ApprovalStatement, credentialId: string, logIndex: number): string[] {
  const { assertion } = statement.predicate;
  if (assertion === undefined) return ['it has no assertion of a passkey'];
  const enrolled = evidence.identities.passkeyOf(credentialId, logIndex);
  if (enrolled === undefined) return ['its passkey was not enrolled then'];
  return whyNotAsserted(assertion, approvalChallenge(statement), enrolled.passkey);
}
