import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { currentRuleSet, parserVersions, ruleSetDigest } from '../../scanner/rule-set.ts';
import { scanSkill } from '../../scanner/scan.ts';
import { parseRuleSet } from '../../skills-index/statement/rule-set.ts';

describe('the rule set', () => {
  it('names the parsers’ versions as they are pinned', () => {
    const pinned: Record<string, string> = packageJson.dependencies;
    for (const [name, version] of Object.entries(parserVersions))
      expect([name, pinned[name]]).toEqual([name, version]);
  });

  it('has the digest that reports carry, and a digest of each rule’s own', async () => {
    const files = [
      { path: 'SKILL.md', bytes: Buffer.from('---\nname: a\ndescription: b\n---\n'), mode: 0o644 },
    ];
    expect((await scanSkill(files)).ruleSet).toBe(ruleSetDigest());
    const { rules, judging } = currentRuleSet();
    expect(rules.filter((rule) => rule.digest === judging)).toEqual([]);
  });

  it('can be described to a registry', () => {
    expect(parseRuleSet(JSON.parse(JSON.stringify(currentRuleSet())))).toEqual(currentRuleSet());
  });
});
