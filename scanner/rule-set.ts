/** The rule set: equal digests scan alike. It covers the code of rules, model tables and front ends, and the parsers' exact versions. */
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import { codeDigests } from './code-digests.ts';
import { rules } from './rules.ts';
import type { FactSelector } from './selectors.ts';

/** Exact versions of the parsers, as pinned in package.json (a test compares). */
export const parserVersions = {
  'ts-morph': '28.0.0',
  '@lezer/common': '1.5.5',
  '@lezer/markdown': '1.8.1',
  '@lezer/python': '1.1.19',
  unbash: '6.0.4',
  yaml: '2.9.1',
} as const;

/** What a rule set says of itself, so that another can be compared with it without its code. */
export interface RuleSet {
  readonly digest: Digest;
  /** Of what makes facts of bytes: where it differs, facts are made anew. */
  readonly extractor: Digest;
  /** Of what makes a report of facts, besides the rules. */
  readonly judging: string;
  readonly rules: readonly { readonly id: string; readonly digest: string; readonly reads: readonly FactSelector[] }[];
}

const extractor = canonicalDigest({ code: codeDigests.extractor, parserVersions });
const said = {
  extractor,
  judging: codeDigests.judging,
  // A rule without a digest of its code is as good as one that always changes: the test that compares the file fails.
  rules: rules.map(({ id, reads }) => ({ id, digest: codeDigests.rules[id] ?? codeDigests.judging, reads })),
};
const ruleSet: RuleSet = { digest: canonicalDigest(said), ...said };

/** The rule set of this code. */
export function currentRuleSet(): RuleSet {
  return ruleSet;
}

/** Its digest, which reports name. */
export function ruleSetDigest(): Digest {
  return ruleSet.digest;
}

/** What a change of rule sets can touch. */
export type RuleSetChange =
  | { readonly kind: 'same' }
  /** Facts have to be made anew, of every skill. */
  | { readonly kind: 'facts' }
  /** Stored facts serve; `reads` are the selectors of facts without which a skill's report stays as it is. Every skill when `judging`. */
  | {
      readonly kind: 'rules';
      readonly judging: boolean;
      readonly rules: readonly string[];
      readonly reads: readonly FactSelector[];
    };

/** Compares two rule sets. */
export function changeOf(before: RuleSet, after: RuleSet): RuleSetChange {
  if (before.digest === after.digest) return { kind: 'same' };
  if (before.extractor !== after.extractor) return { kind: 'facts' };
  const changed = [
    ...after.rules.filter((rule) => before.rules.find((one) => one.id === rule.id)?.digest !== rule.digest),
    ...before.rules.filter((rule) => !after.rules.some((one) => one.id === rule.id)),
  ];
  return {
    kind: 'rules',
    judging: before.judging !== after.judging,
    rules: [...new Set(changed.map((rule) => rule.id))].sort(),
    // A rule that reads no facts judges what is declared, which every skill may be found lacking in: `source` is in all of them.
    reads: [...new Set(changed.flatMap((rule) => (rule.reads.length === 0 ? ['source' as const] : rule.reads)))].sort(),
  };
}
