/** Decides which approvals of a version count, and whether the approvals are enough. */
import { capabilityDigest } from '../../skill/capability.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import { type ApprovalContext, type LoggedApproval, whyNotCounted } from './counted-approval.ts';
import { type Evidence, statementsOf } from './evidence.ts';
import type { Reasons } from './reason.ts';
import type { JudgedScan } from './scan.ts';
import type { CheckedSummary, JudgedPublish } from './version.ts';

export interface AdmittedApproval {
  readonly member: string;
  readonly by: 'key' | 'passkey';
  /** Whether the approval was signed by a key, without the desk. */
  readonly independent: boolean;
  readonly reason: string;
  readonly logIndex: number;
}

/**
 * The facts that approvals are compared with. A fact is undefined when an earlier judge found a
 * fault in it.
 */
export interface JudgedBefore {
  readonly publish: JudgedPublish | undefined;
  readonly scan: JudgedScan | undefined;
  readonly summary: CheckedSummary | undefined;
}

/**
 * Requires that every approval of a version counts, and that enough people have approved the
 * version.
 */
export function judgeApprovals(
  evidence: Evidence,
  before: JudgedBefore,
  reasons: Reasons,
): AdmittedApproval[] {
  const context = contextOf(evidence, before);
  const counted = statementsOf(evidence, predicateTypes.approval).flatMap((approval) => {
    const faults = whyNotCounted(approval, context);
    for (const fault of faults) {
      const { member } = approval.statement.predicate.reviewer;
      reasons.add(
        'approval-invalid',
        `the approval of ${member} at log index ${approval.logIndex} does not count: ${fault}`,
      );
    }
    return faults.length === 0 ? [admitted(approval)] : [];
  });
  if (before.scan === undefined) return counted;
  const { total, independent } = before.scan.needed;
  const people = new Set(counted.map(({ member }) => member));
  const withoutDesk = new Set(counted.filter((one) => one.independent).map(({ member }) => member));
  reasons.demand(
    people.size >= total,
    'approvals-missing',
    `${people.size} of ${total} people approved the version`,
  );
  reasons.demand(
    withoutDesk.size >= independent,
    'approvals-not-independent',
    `${withoutDesk.size} of ${independent} people approved the version without the desk`,
  );
  return counted;
}

function contextOf(
  { identities, input, policies }: Evidence,
  { publish, scan, summary }: JudgedBefore,
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
    ...(summary === undefined ? {} : { at: summary.at }),
  };
}

function admitted({ statement, logIndex }: LoggedApproval): AdmittedApproval {
  const { reviewer, independent, reason } = statement.predicate;
  const by = 'keyId' in reviewer ? 'key' : 'passkey';
  // A person who signs with a passkey relies on the page that the desk shows, so an approval by
  // passkey is not independent.
  return {
    member: reviewer.member,
    by,
    independent: independent && by === 'key',
    reason,
    logIndex,
  };
}
