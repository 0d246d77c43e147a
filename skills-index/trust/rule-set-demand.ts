/** The rule sets that a policy no longer takes: a scan by one of them is as good as none. */
import type { Digest } from '../skill/digest.ts';
import type { Reasons } from './decision-reason.ts';
import type { Policy } from './policy.ts';

/** Judges with which rule set a version was scanned. */
export function judgeRuleSet(policy: Policy, scan: { readonly ruleSet: Digest } | undefined, reasons: Reasons): void {
  if (scan === undefined) return;
  const refused = policy.refusedRuleSets?.includes(scan.ruleSet) ?? false;
  reasons.demand(!refused, 'rule-set-refused', `it was scanned with the rule set ${scan.ruleSet}, which the policy refuses`);
}
