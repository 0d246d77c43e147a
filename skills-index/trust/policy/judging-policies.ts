/**
 * Chooses the policies that judge a version. The policy in force at the version's verification
 * summary decides how the version is approved. Today's policy decides which capabilities and rule
 * sets are never accepted.
 */
import {
  type Capabilities,
  listCapabilities,
  minus,
  printCapability,
} from '../../skill/capability.ts';
import type { Digest } from '../../skill/digest.ts';
import type { Reasons } from '../decision/reason.ts';
import type { Policy } from './policy.ts';

export interface JudgingPolicies {
  /** The policy that the approvals and the verification summary must name. */
  readonly approving: Policy;
  /** The last log index of the approving policy; absent when that policy is today's. */
  readonly validUpTo?: number;
  /**
   * Every policy whose ceiling and refused rule sets apply. A fault that is known today also counts
   * against versions that were approved before.
   */
  readonly binding: readonly Policy[];
}

/**
 * The policies for a verification summary at a log index, or for a future verification summary. The
 * policy and its list of earlier policies are trusted input.
 */
export function policiesAt(policy: Policy, summaryIndex: number | undefined): JudgingPolicies {
  // Earlier policies are in the order of their log indexes. The first policy that reaches the
  // verification summary's log index was in force.
  const earlier = policy.earlier?.find(
    (one) => summaryIndex !== undefined && summaryIndex <= one.validUpTo,
  );
  if (earlier === undefined) return { approving: policy, binding: [policy] };
  return {
    approving: earlier.policy,
    validUpTo: earlier.validUpTo,
    binding: [earlier.policy, policy],
  };
}

/** Rejects a scan whose rule set a policy no longer accepts. */
export function judgeRuleSet(
  { binding }: JudgingPolicies,
  scan: { readonly ruleSet: Digest } | undefined,
  reasons: Reasons,
): void {
  if (scan === undefined) return;
  const refused = binding.some((one) => one.refusedRuleSets?.includes(scan.ruleSet));
  reasons.demand(
    !refused,
    'rule-set-refused',
    `the scan used the rule set ${scan.ruleSet}, which the policy refuses`,
  );
}

/** Judges whether the capabilities stay within the ceiling of every policy. */
export function judgeCeiling(
  { binding }: JudgingPolicies,
  capabilities: Capabilities,
  reasons: Reasons,
): void {
  const above = binding.flatMap(({ ceiling }) =>
    ceiling === null ? [] : listCapabilities(minus(capabilities, ceiling)),
  );
  const printed = [...new Set(above.map(printCapability))];
  reasons.demand(
    printed.length === 0,
    'capability-exceeded',
    `above the policy's ceiling: ${printed.join('; ')}`,
  );
}
