/**
 * A rule set as a scanner describes it to a registry, and what a change from one to another can
 * touch.
 */
import * as v from 'valibot';
import { canonicalDigest } from '../skill/canonical-json.ts';
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { boundedList, exactObject, parseShape, unplaced } from '../skill/shape.ts';
import { digest, type Shape } from './field-shapes.ts';
import { ruleSetRulesMax, selectorsMax } from './limits.ts';

/** Equal digests scan alike. */
export interface RuleSet {
  /** Of the rest, as canonical JSON. */
  readonly digest: Digest;
  /** Of what makes facts of bytes: where it differs, facts are made anew. */
  readonly extractor: Digest;
  /** Of what makes a report of facts, besides the rules. */
  readonly judging: Digest;
  /**
   * `reads`: sorts of facts such as `trait:tls-off`, without which the rule finds nothing in a
   * skill.
   */
  readonly rules: readonly {
    readonly id: string;
    readonly digest: Digest;
    readonly reads: readonly string[];
  }[];
}

/** What a change of rule sets can touch. */
export type RuleSetChange =
  | { readonly kind: 'same' }
  /** Every skill: facts have to be made anew, or all are judged in another way. */
  | { readonly kind: 'everything'; readonly facts: boolean }
  /** The skills that have a fact of these sorts, when a scanner told which they have. */
  | {
      readonly kind: 'rules';
      readonly rules: readonly string[];
      readonly reads: readonly string[];
    };

/** Which selector every skill answers to: its raw text. */
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

/** The digest of what a rule set is. */
export function digestOfRuleSet({ extractor, judging, rules }: Omit<RuleSet, 'digest'>): Digest {
  return canonicalDigest({ extractor, judging, rules });
}

/**
 * Reads a rule set's description strictly: under its digest nothing else can be described.
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

/** Compares two rule sets. */
export function changeOf(before: RuleSet, after: RuleSet): RuleSetChange {
  if (before.digest === after.digest) return { kind: 'same' };
  const facts = before.extractor !== after.extractor;
  if (facts || before.judging !== after.judging) return { kind: 'everything', facts };
  const known = new Map(before.rules.map((rule) => [rule.id, rule]));
  const left = new Set(after.rules.map((rule) => rule.id));
  const changed = [
    ...after.rules.filter((rule) => known.get(rule.id)?.digest !== rule.digest),
    // A changed rule may have read other sorts before; one that is gone leaves findings to take
    // back.
    ...before.rules.filter(
      (rule) =>
        !left.has(rule.id) ||
        after.rules.some((one) => one.id === rule.id && one.digest !== rule.digest),
    ),
  ];
  return {
    kind: 'rules',
    rules: [...new Set(changed.map((rule) => rule.id))].sort(),
    // A rule that reads no facts judges what is declared, which every skill may be found lacking
    // in.
    reads: [
      ...new Set(changed.flatMap((rule) => (rule.reads.length === 0 ? [everySkill] : rule.reads))),
    ].sort(),
  };
}

/**
 * Whether a change can touch a skill with facts of these sorts; undefined when no scanner told
 * them.
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
