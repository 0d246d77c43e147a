/**
 * Descriptions of the scanner's rules, for programs that show findings without scanning. The
 * descriptions are generated from the rules and the rules' fixtures.
 */
import notes from './rule-notes.json' with { type: 'json' };

/**
 * A small example skill for a rule. In an attack, the rule makes findings. In a near miss, the rule
 * makes none.
 */
export interface RuleExample {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** The rule's findings in the example as `path:line severity`; empty for a near miss. */
  readonly findings: readonly string[];
}

export interface RuleNote {
  readonly title: string;
  readonly kind: string;
  readonly severity: string;
  readonly confidence: string;
  readonly why: string;
  readonly fix: string;
  /** Entries of public lists that describe the same attack, with label and address. */
  readonly maps: readonly { readonly label: string; readonly url: string }[];
  /** Names of related rules. */
  readonly related: readonly string[];
  readonly attack: RuleExample;
  readonly near: RuleExample;
}

/** The notes of all rules by rule name, such as `flow/secret-to-network`; sorted. */
export const ruleNotes: Readonly<Record<string, RuleNote>> = notes;

/** The note of a rule; undefined for a rule of another version of the scanner. */
export function ruleNote(rule: string): RuleNote | undefined {
  return Object.hasOwn(ruleNotes, rule) ? ruleNotes[rule] : undefined;
}
