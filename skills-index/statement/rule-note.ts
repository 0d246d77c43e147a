/**
 * Descriptions of the scanner's rules, for programs that show findings without scanning. Generated
 * from the rules and their fixtures.
 */
import notes from './rule-notes.json' with { type: 'json' };

/**
 * A small example skill: an attack, in which the rule makes findings, or a near miss, in which it
 * makes none worse than `info`.
 */
export interface RuleExample {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** Findings as `path:line severity`; empty for a near miss without findings. */
  readonly findings: readonly string[];
}

export interface RuleNote {
  readonly title: string;
  readonly kind: string;
  readonly severity: string;
  readonly confidence: string;
  readonly why: string;
  readonly fix: string;
  /** The facts that the rule reads, in words. */
  readonly looksAt: readonly string[];
  /** Identifiers of public lists, with name and address. */
  readonly maps: readonly { readonly label: string; readonly name: string; readonly url: string }[];
  /** Names of related rules. */
  readonly related: readonly string[];
  readonly attack: RuleExample;
  readonly near: RuleExample;
}

/** By rule name, such as `flow/secret-to-network`; sorted. */
export const ruleNotes: Readonly<Record<string, RuleNote>> = notes;

/** The note of a rule; undefined for a rule of another version of the scanner. */
export function ruleNote(rule: string): RuleNote | undefined {
  return Object.hasOwn(ruleNotes, rule) ? ruleNotes[rule] : undefined;
}
