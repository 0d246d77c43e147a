import { beforeAll, describe, expect, it } from 'vitest';
import { noCapabilities, withoutWhy } from '../../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { chainOf } from '../../../../skills-index/trust/decision/chain.ts';
import {
  type Decision,
  type DecisionInput,
  decide,
} from '../../../../skills-index/trust/decision/decision.ts';
import { judge } from '../../../../skills-index/trust/decision/judge.ts';
import { Reasons } from '../../../../skills-index/trust/decision/reason.ts';
import {
  judgeRuleSet,
  policiesAt,
} from '../../../../skills-index/trust/policy/judging-policies.ts';
import {
  defaultPolicy,
  type Policy,
  parsePolicy,
  policyDigest,
} from '../../../../skills-index/trust/policy/policy.ts';
import {
  approvalBy,
  type Story,
  storyConsistency,
  storyManifest,
  storyStatus,
  tellStory,
} from '../../story.ts';

const old = digestOf('a rule set that misses something');
const now = digestOf('its successor');
const policy = { ...defaultPolicy, refusedRuleSets: [old] };
const codes = (
  scan: Parameters<typeof judgeRuleSet>[1],
  under: typeof policy = policy,
): string[] => {
  const reasons = new Reasons();
  judgeRuleSet(policiesAt(under, undefined), scan, reasons);
  return reasons.list.map((one) => one.code);
};

describe('a policy that refuses a rule set', () => {
  it('refuses a scan by it, and no other', () => {
    expect(codes({ ruleSet: old })).toEqual(['rule-set-refused']);
    expect(codes({ ruleSet: now })).toEqual([]);
    expect(codes(undefined)).toEqual([]);
    expect(codes({ ruleSet: old }, { ...policy, refusedRuleSets: [] })).toEqual([]);
  });
});

/** The story is told under the default policy; these come after it. */
const strict: Policy = {
  ...defaultPolicy,
  approvals: { usual: { total: 3, independent: 2 }, high: { total: 4, independent: 2 } },
};
const lax: Policy = {
  ...defaultPolicy,
  approvals: { usual: { total: 1, independent: 0 }, high: { total: 1, independent: 0 } },
};
const replacing = (now: Policy, validUpTo: number, before: Policy = defaultPolicy): Policy => ({
  ...now,
  earlier: [{ policy: before, validUpTo }],
});

describe('a version whose verification summary lies before the policy changed', () => {
  let story: Story;
  let placed = 0;
  const judged = (policy: Policy) => decide({ ...story.input, policy });
  const codesOf = (decision: Decision): string[] =>
    decision.kind === 'refused' ? decision.reasons.map((one) => one.code) : [decision.kind];
  beforeAll(async () => {
    story = await tellStory();
    placed = story.summary.logIndex;
  });

  it('stays admitted under the policy that counted then, and the chain says so', () => {
    const policy = replacing(strict, placed);
    expect(codesOf(judged(policy))).toEqual(['admitted']);
    expect(JSON.stringify(chainOf(judge({ ...story.input, policy })))).toContain(
      `earlier policy, which administrators accept up to log index ${placed}`,
    );
    expect(codesOf(judged(strict))).toContain('policy-mismatch');
  });

  it('is refused where it lies after the last index of that policy', () => {
    expect(codesOf(judged(replacing(strict, placed - 1)))).toEqual(
      expect.arrayContaining(['policy-mismatch', 'approval-invalid', 'approvals-missing']),
    );
  });

  it('is judged by the policy that was in force there, and not by an earlier or a later one', () => {
    const between = (before: number): Policy => ({
      ...strict,
      earlier: [
        { policy: defaultPolicy, validUpTo: before },
        { policy: { ...strict, programs: [] }, validUpTo: placed + 5 },
      ],
    });
    expect(codesOf(judged(between(placed)))).toEqual(['admitted']);
    expect(codesOf(judged(between(placed - 1)))).toContain('policy-mismatch');
  });

  it('may not name the present policy for the time before it', () => {
    // Else whoever weakens a policy would admit what the stricter one before refused.
    expect(codesOf(judged(replacing(defaultPolicy, placed, strict)))).toContain('policy-mismatch');
  });

  it('is refused by the present ceiling and by rule sets that are refused now', () => {
    const ceiling = { ...storyManifest.capabilities, egress: [] };
    expect(codesOf(judged(replacing({ ...strict, ceiling }, placed)))).toEqual([
      'capability-exceeded',
    ]);
    expect(
      codesOf(judged(replacing({ ...strict, refusedRuleSets: [story.report.ruleSet] }, placed))),
    ).toEqual(['rule-set-refused']);
  });

  it('is refused by the ceiling and the refused rule sets of its own policy too', async () => {
    const own: Policy = {
      ...defaultPolicy,
      refusedRuleSets: [story.report.ruleSet],
      ceiling: noCapabilities,
    };
    expect(codesOf(judged(replacing(defaultPolicy, placed, own)))).toEqual(
      expect.arrayContaining(['capability-exceeded', 'rule-set-refused']),
    );
  });
});

describe('an approval under a policy that has ended', () => {
  it('does not count after its last index, though the verification summary names the same policy', async () => {
    const told = await tellStory();
    const [first] = told.approvals;
    // The scan lies before the end, approvals and verification summary behind it.
    const policy = replacing(strict, (first?.logIndex ?? 0) - 1);
    const decision = decide({ ...told.input, policy });
    expect(decision.kind === 'refused' && decision.reasons.map((one) => one.message)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^the approval of Ada .* given under another policy$/),
      ]),
    );
  });

  it('adds nobody to a version that was judged before: the verification summary names what it rests on', async () => {
    const told = await tellStory({ approvals: ['ada'] });
    const late = approvalBy('ben', told.about, {
      report: told.report,
      capabilities: withoutWhy(storyManifest.capabilities),
      twist: {},
    });
    const said = await told.log.say(late.statement, late.signer);
    const input: DecisionInput = {
      ...told.input,
      statements: new Map([...told.input.statements, [said.digest, said.bytes]]),
      line: { ...told.line, statements: [...told.line.statements, said.digest].sort() },
      statuses: [await storyStatus(told.log)],
      consistency: storyConsistency(told.log),
      policy: replacing(strict, told.summary.logIndex),
    };
    const decision = decide(input);
    expect(decision.kind === 'refused' && decision.reasons.map((one) => one.code)).toContain(
      'summary-invalid',
    );
  });
});

describe('the earlier policies of a policy', () => {
  it('change nothing of what approvals and verification summaries name', () => {
    expect(policyDigest(replacing(strict, 7))).toBe(policyDigest(strict));
    expect(policyDigest(replacing(strict, 7))).not.toBe(policyDigest(defaultPolicy));
  });

  const read = (earlier: unknown) => () => parsePolicy(JSON.stringify({ ...strict, earlier }));
  const one = (validUpTo: unknown, policy: unknown = lax) => ({ policy, validUpTo });
  it.each([
    ['one has earlier ones itself', [one(3, replacing(lax, 2))]],
    ['they are not in order', [one(3), one(2)]],
    ['they are too many', Array.from({ length: 33 }, (_, at) => one(at, { ...lax, programs: [] }))],
  ])('are refused when %s', (_, earlier) => {
    expect(read(earlier)).toThrow(expect.objectContaining({ code: 'json-invalid' }));
  });

  it('are read back as they were written', () => {
    expect(read([one(3), one(4, strict)])()).toEqual({
      ...strict,
      earlier: [one(3), one(4, strict)],
    });
  });
});
