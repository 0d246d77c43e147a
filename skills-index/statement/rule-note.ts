/**
 * What the rules of the scanner say of themselves, for those who read findings and do not scan.
 * Made from the rules and their fixtures.
 */
import notes from './rule-notes.json' with { type: 'json' };

/** A small skill that a rule finds something in, or nothing worse than information. */
export interface RuleExample {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** `path:line severity`; empty for a near miss that it says nothing about. */
  readonly findings: readonly string[];
}

export interface RuleNote {
  readonly title: string;
  readonly kind: string;
  readonly severity: string;
  readonly confidence: string;
  readonly why: string;
  readonly fix: string;
  /** What it looks at, in words. */
  readonly looksAt: readonly string[];
  /** Identifiers of public lists, with name and address. */
  readonly maps: readonly { readonly label: string; readonly name: string; readonly url: string }[];
  /** Names of rules about something near. */
  readonly related: readonly string[];
  readonly attack: RuleExample;
  readonly near: RuleExample;
}

/** By name, `flow/secret-to-network`; sorted. */
export const ruleNotes: Readonly<Record<string, RuleNote>> = notes;

/** The note of a rule; undefined for one of another version of the scanner. */
export function ruleNote(rule: string): RuleNote | undefined {
  return Object.hasOwn(ruleNotes, rule) ? ruleNotes[rule] : undefined;
}
