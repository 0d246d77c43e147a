/** Decides which approvals count, and whether they are enough. */
import { capabilityDigest } from '../../skill/capability.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { type ApprovalContext, type LoggedApproval, whyNotCounted } from '../counted-approval.ts';
import { type Evidence, statementsOf } from './evidence.ts';
import type { Reasons } from './reason.ts';
import type { JudgedScan } from './scan.ts';
import type { CheckedVerdict, JudgedPublish } from './version.ts';

export interface AdmittedApproval {
  readonly member: string;
  readonly by: 'key' | 'passkey';
  /** Whether the approval was signed by a key, without the desk. */
  readonly independent: boolean;
  readonly reason: string;
  readonly logIndex: number;
}

/** The facts that approvals are compared with; undefined where they failed already. */
export interface JudgedBefore {
  readonly publish: JudgedPublish | undefined;
  readonly scan: JudgedScan | undefined;
  readonly verdict: CheckedVerdict | undefined;
}

/** Every approval must count, and enough people must have given one. */
export function judgeApprovals(
  evidence: Evidence,
  before: JudgedBefore,
  reasons: Reasons,
): AdmittedApproval[] {
  const context = contextOf(evidence, before);
  const held = statementsOf(evidence, predicateTypes.approval).flatMap((one) => {
    const faults = whyNotCounted(one, context);
    for (const fault of faults) {
      const { member } = one.statement.predicate.reviewer;
      reasons.add(
        'approval-invalid',
        `the approval of ${member} at log index ${one.logIndex} does not count: ${fault}`,
      );
    }
    return faults.length === 0 ? [admitted(one)] : [];
  });
  if (before.scan === undefined) return held;
  const { total, independent } = before.scan.needed;
  const people = new Set(held.map((one) => one.member));
  const alone = new Set(held.filter((one) => one.independent).map((one) => one.member));
  reasons.demand(
    people.size >= total,
    'approvals-missing',
    `${people.size} of ${total} people approved it`,
  );
  reasons.demand(
    alone.size >= independent,
    'approvals-not-independent',
    `${alone.size} of ${independent} independent approvals (signed without the desk)`,
  );
  return held;
}

function contextOf(
  { identities, input, policies }: Evidence,
  { publish, scan, verdict }: JudgedBefore,
): ApprovalContext {
  const { root, line } = input;
  return {
    root,
    policy: policies.approving,
    identities,
    version: line,
    capabilityDigest: capabilityDigest(line.capabilities),
    ...(publish === undefined
      ? {}
      : { publish: { signer: publish.signer, logIndex: publish.logIndex } }),
    ...(scan === undefined ? {} : { scan }),
    ...(verdict === undefined ? {} : { at: verdict.at }),
  };
}

function admitted({ statement, logIndex }: LoggedApproval): AdmittedApproval {
  const { reviewer, independent, reason } = statement.predicate;
  const by = 'keyId' in reviewer ? 'key' : 'passkey';
  // A reviewer who signs in the desk relies on what the desk shows, so that approval is not
  // independent.
  return {
    member: reviewer.member,
    by,
    independent: independent && by === 'key',
    reason,
    logIndex,
  };
}
