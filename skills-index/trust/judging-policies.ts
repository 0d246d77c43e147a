/**
 * Under which policies a version is judged: the one in force at its verdict says how it is
 * approved, the present one what is never taken.
 */
import {
  type Capabilities,
  listCapabilities,
  minus,
  printCapability,
} from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import type { Reasons } from './decision/reason.ts';
import type { Policy } from './policy.ts';

export interface JudgingPolicies {
  /** What approvals and verdict have to name. */
  readonly approving: Policy;
  /** Last log index at which it did, when it is an earlier one. */
  readonly validUpTo?: number;
  /**
   * Ceilings and refused rule sets of all of these count: what is known to be bad today is not good
   * for having been approved before.
   */
  readonly binding: readonly Policy[];
}

/**
 * For a verdict at a log index, or one that is still to be given. The policy itself is trusted
 * input, and so is what it says of earlier ones.
 */
export function policiesAt(policy: Policy, verdictIndex: number | undefined): JudgingPolicies {
  // In order: the first that reaches as far as the verdict was the one in force.
  const earlier = policy.earlier?.find(
    (one) => verdictIndex !== undefined && verdictIndex <= one.validUpTo,
  );
  if (earlier === undefined) return { approving: policy, binding: [policy] };
  return {
    approving: earlier.policy,
    validUpTo: earlier.validUpTo,
    binding: [earlier.policy, policy],
  };
}

/**
 * Judges with which rule set a version was scanned: a scan by one that a policy no longer takes is
 * as good as none.
 */
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
    `it was scanned with the rule set ${scan.ruleSet}, which the policy refuses`,
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
