/**
 * The rule set of this code. It covers the code of rules, model tables and front ends, and the
 * parsers' exact versions.
 */

import { type Digest, parseDigest } from '../skills-index/skill/digest.ts';
import { canonicalDigest } from '../skills-index/skill/text/canonical-json.ts';
import type { RuleSet } from '../skills-index/statement/rule-set.ts';
import { codeDigests } from './code-digests.ts';
import { rules } from './rules.ts';

/** Exact versions of the parsers, as pinned in package.json (a test compares). */
export const parserVersions = {
  'ts-morph': '28.0.0',
  '@lezer/common': '1.5.5',
  '@lezer/markdown': '1.8.1',
  '@lezer/python': '1.1.19',
  unbash: '6.0.4',
  yaml: '2.9.1',
} as const;

const judging = parseDigest(codeDigests.judging);
const described: Omit<RuleSet, 'digest'> = {
  extractor: canonicalDigest({ code: codeDigests.extractor, parserVersions }),
  judging,
  // A rule without a digest of its code gets the digest of the judging code, and the test that
  // compares the file fails.
  rules: rules.map(({ id, reads }) => ({
    id,
    digest: parseDigest(codeDigests.rules[id] ?? judging),
    reads,
  })),
};
const ruleSet: RuleSet = { digest: canonicalDigest(described), ...described };

/** The rule set of this code. */
export function currentRuleSet(): RuleSet {
  return ruleSet;
}

/** The digest that reports name. */
export function ruleSetDigest(): Digest {
  return ruleSet.digest;
}
