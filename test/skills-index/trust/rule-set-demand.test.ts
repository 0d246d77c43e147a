import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { Reasons } from '../../../skills-index/trust/decision-reason.ts';
import { defaultPolicy, parsePolicy, policyDigest } from '../../../skills-index/trust/policy.ts';
import { judgeRuleSet } from '../../../skills-index/trust/rule-set-demand.ts';

const [old, now] = [digestOf('a rule set that misses something'), digestOf('its successor')];
const policy = { ...defaultPolicy, refusedRuleSets: [old] };
const codes = (scan: Parameters<typeof judgeRuleSet>[1], under = policy): string[] => {
  const reasons = new Reasons();
  judgeRuleSet(under, scan, reasons);
  return reasons.list.map((one) => `${one.part}: ${one.code}`);
};

describe('a policy that refuses a rule set', () => {
  it('refuses a scan by it, and no other', () => {
    expect(codes({ ruleSet: old })).toEqual(['scan: rule-set-refused']);
    expect(codes({ ruleSet: now })).toEqual([]);
    expect(codes(undefined)).toEqual([]);
    expect(codes({ ruleSet: old }, { ...policy, refusedRuleSets: [] })).toEqual([]);
  });

  it('is another policy than before, so that what was approved under the old one is approved anew', () => {
    expect(policyDigest(policy)).not.toBe(policyDigest(defaultPolicy));
    expect(parsePolicy(JSON.stringify(policy))).toEqual(policy);
  });

  it('names digests and nothing else', () => {
    const broken = { ...defaultPolicy, refusedRuleSets: ['2026-03-02'] };
    expect(() => parsePolicy(JSON.stringify(broken))).toThrow(expect.objectContaining({ code: 'json-invalid' }));
  });
});
