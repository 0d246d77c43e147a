import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codeDigestText } from '../../.ci/code-digest.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { parserVersions, ruleSetDigest } from '../../scanner/rule-set.ts';
import { scanSkill } from '../../scanner/scan.ts';

describe('the rule set', () => {
  it('names the parsers’ versions as they are pinned', () => {
    const pinned: Record<string, string> = packageJson.devDependencies;
    for (const [name, version] of Object.entries(parserVersions))
      expect([name, pinned[name]]).toEqual([name, version]);
  });

  it('has the digest of the code; npm run fix mends it', () => {
    const path = new URL('../../scanner/code-digest.ts', import.meta.url);
    expect(readFileSync(path, 'utf8')).toBe(codeDigestText());
  });

  it('has the digest that reports carry', async () => {
    const files = [
      { path: 'SKILL.md', bytes: Buffer.from('---\nname: a\ndescription: b\n---\n'), mode: 0o644 },
    ];
    expect((await scanSkill(files)).ruleSet).toBe(ruleSetDigest());
  });
});
