import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { changeOf, currentRuleSet, parserVersions, type RuleSet, ruleSetDigest } from '../../scanner/rule-set.ts';
import { scanSkill } from '../../scanner/scan.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';

const before: RuleSet = {
  digest: digestOf('before'),
  extractor: digestOf('extractor'),
  judging: 'j1',
  rules: [
    { id: 'env/a', digest: 'a1', reads: ['capability:env'] },
    { id: 'flow/b', digest: 'b1', reads: ['flow:network', 'source'] },
  ],
};
const changed = (change: Partial<RuleSet>): RuleSet => ({ ...before, digest: digestOf('after'), ...change });

describe('the rule set', () => {
  it('names the parsers’ versions as they are pinned', () => {
    const pinned: Record<string, string> = packageJson.dependencies;
    for (const [name, version] of Object.entries(parserVersions)) expect([name, pinned[name]]).toEqual([name, version]);
  });

  it('has the digest that reports carry, and a digest of each rule’s own', async () => {
    const files = [{ path: 'SKILL.md', bytes: Buffer.from('---\nname: a\ndescription: b\n---\n'), mode: 0o644 }];
    expect((await scanSkill(files)).ruleSet).toBe(ruleSetDigest());
    const { rules, judging } = currentRuleSet();
    expect(rules.filter((rule) => rule.digest === judging)).toEqual([]);
  });
});

describe('a change of rule sets', () => {
  it.each([
    ['the same digest touches nothing', before, { kind: 'same' }],
    ['another extractor makes facts anew', changed({ extractor: digestOf('another') }), { kind: 'facts' }],
    [
      'a changed rule touches what it reads',
      changed({ rules: before.rules.map((rule) => (rule.id === 'flow/b' ? { ...rule, digest: 'b2' } : rule)) }),
      { kind: 'rules', judging: false, rules: ['flow/b'], reads: ['flow:network', 'source'] },
    ],
    [
      'a new rule touches what it reads',
      changed({ rules: [...before.rules, { id: 'exec/c', digest: 'c1', reads: ['trait:escape'] }] }),
      { kind: 'rules', judging: false, rules: ['exec/c'], reads: ['trait:escape'] },
    ],
    [
      'a rule that is gone touches what it read',
      changed({ rules: before.rules.slice(1) }),
      { kind: 'rules', judging: false, rules: ['env/a'], reads: ['capability:env'] },
    ],
    [
      'another way to judge touches every skill',
      changed({ judging: 'j2' }),
      { kind: 'rules', judging: true, rules: [], reads: [] },
    ],
  ])('%s', (_, next, expected) => {
    expect(changeOf(before, next)).toEqual(expected);
  });
});
