/**
 * Chooses the policies that judge a version. The policy in force at its verification summary
 * decides how it is approved; today's policy decides what is never accepted.
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
  /** The policy that approvals and verification summary must name. */
  readonly approving: Policy;
  /** The last log index of that policy, when it is an earlier one. */
  readonly validUpTo?: number;
  /**
   * Every policy whose ceiling and refused rule sets apply. A fault that is known today also counts
   * against versions that were approved before.
   */
  readonly binding: readonly Policy[];
}

/**
 * The policies for a verification summary at a log index, or for a future one. The policy and its
 * list of earlier policies are trusted input.
 */
export function policiesAt(policy: Policy, summaryIndex: number | undefined): JudgingPolicies {
  // In order: the first policy that reaches the verification summary's index was in force.
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

/** Judges whether capabilities stay below every ceiling. */
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
