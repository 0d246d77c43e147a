/**
 * A rule set in the form in which a scanner describes it to a registry, and the effects of a change
 * from one rule set to another.
 */
import * as v from 'valibot';
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { boundedList, exactObject, parseShape, unplaced } from '../skill/shape.ts';
import { canonicalDigest } from '../skill/text/canonical-json.ts';
import { digest, type Shape } from './field-shapes.ts';
import { ruleSetRulesMax, selectorsMax } from './limits.ts';

/** A scanner's rule set. Scanners whose rule sets have equal digests make equal reports. */
export interface RuleSet {
  /** The digest of the rule set's other members, as canonical JSON. */
  readonly digest: Digest;
  /**
   * The digest of the code that extracts facts from bytes. When this digest changes, facts are
   * extracted again.
   */
  readonly extractor: Digest;
  /** The digest of the code, besides the rules, that makes a report from facts. */
  readonly judging: Digest;
  /**
   * The rules. `reads` names kinds of facts, such as `trait:tls-off`. In a skill without any of
   * these kinds of facts, the rule finds nothing.
   */
  readonly rules: readonly {
    readonly id: string;
    readonly digest: Digest;
    readonly reads: readonly string[];
  }[];
}

/** The skills that a change from one rule set to another can affect. */
export type RuleSetChange =
  | { readonly kind: 'same' }
  /**
   * The change affects every skill: facts must be extracted again (`facts`), or all facts are
   * judged differently.
   */
  | { readonly kind: 'everything'; readonly facts: boolean }
  /**
   * The change affects the skills that have a fact of one of these kinds, where a scanner reported
   * the kinds.
   */
  | {
      readonly kind: 'rules';
      readonly rules: readonly string[];
      readonly reads: readonly string[];
    };

/** The selector that matches every skill: the skill's raw text. */
export const everySkill = 'source';

export const selectorText = v.pipe(
  v.string(),
  v.regex(/^[a-z]+(:[a-z0-9-]+)?$/, 'is no sort of fact'),
  v.maxLength(64),
);
export const selectorList = boundedList(selectorText, selectorsMax);

const ruleSetShape: Shape<RuleSet> = exactObject({
  digest,
  extractor: digest,
  judging: digest,
  rules: boundedList(
    exactObject({
      id: v.pipe(v.string(), v.regex(/^[a-z-]{1,40}\/[a-z0-9-]{1,60}$/)),
      digest,
      reads: selectorList,
    }),
    ruleSetRulesMax,
  ),
});

/** The digest of a rule set's description. */
export function digestOfRuleSet({ extractor, judging, rules }: Omit<RuleSet, 'digest'>): Digest {
  return canonicalDigest({ extractor, judging, rules });
}

/**
 * Parses a rule set's description, whose digest must match its other members.
 * @throws Problem `statement-invalid` with every reason
 */
export function parseRuleSet(value: unknown): RuleSet {
  const ruleSet = parseShape(
    ruleSetShape,
    unplaced(value, 'rule set'),
    'statement-invalid',
    'the rule set',
  );
  if (ruleSet.digest !== digestOfRuleSet(ruleSet)) {
    throw new Problem(
      'statement-invalid',
      'Cannot read the rule set: its digest is that of another description',
    );
  }
  return ruleSet;
}

export function changeOf(before: RuleSet, after: RuleSet): RuleSetChange {
  if (before.digest === after.digest) return { kind: 'same' };
  const facts = before.extractor !== after.extractor;
  if (facts || before.judging !== after.judging) return { kind: 'everything', facts };
  const known = new Map(before.rules.map((rule) => [rule.id, rule]));
  const left = new Set(after.rules.map((rule) => rule.id));
  const changed = [
    ...after.rules.filter((rule) => known.get(rule.id)?.digest !== rule.digest),
    // A changed rule may have read other kinds of facts before the change. The findings of a
    // removed rule must be withdrawn.
    ...before.rules.filter(
      (rule) =>
        !left.has(rule.id) ||
        after.rules.some((one) => one.id === rule.id && one.digest !== rule.digest),
    ),
  ];
  return {
    kind: 'rules',
    rules: [...new Set(changed.map((rule) => rule.id))].sort(),
    // A rule that reads no facts judges the manifest, so a change of the rule may affect every
    // skill.
    reads: [
      ...new Set(changed.flatMap((rule) => (rule.reads.length === 0 ? [everySkill] : rule.reads))),
    ].sort(),
  };
}

/**
 * Whether a change of rule sets can affect a skill with facts of these kinds. `selectors` is
 * undefined when no scanner reported the kinds.
 */
export function canTouch(change: RuleSetChange, selectors: readonly string[] | undefined): boolean {
  switch (change.kind) {
    case 'same':
      return false;
    case 'everything':
      return true;
    case 'rules':
      return selectors === undefined || change.reads.some((one) => selectors.includes(one));
  }
}
