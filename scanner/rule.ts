/**
 * What a rule is: metadata and a function from facts to drafts of findings. One file each:
 * `rules/<group>/<name>.ts`.
 */
import type { Capabilities } from '../skills-index/skill/capability.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import type { Confidence, FindingKind, Severity } from '../skills-index/statement/finding.ts';
import type { FactKind, FactOf, Span } from './fact/fact.ts';
import type { FactSelector } from './fact/selectors.ts';
import type { TaintSource } from './fact/source.ts';
import type { Obstacle } from './manifest/declared.ts';

export const ruleGroups = [
  'env',
  'network',
  'files',
  'exec',
  'flow',
  'obfuscation',
  'prose',
  'supply',
  'persistence',
  'resources',
  'manifest',
] as const;
export type RuleGroup = (typeof ruleGroups)[number];
export type RuleId = `${RuleGroup}/${string}`;

/**
 * What a rule may look at: facts of the skill in stable order, and what its author declared.
 * Frozen; no files, no clock, no network.
 */
export interface RuleContext {
  /**
   * Facts of one kind that the rule selects in `reads`, sorted by path and offset. Others may not
   * be asked for.
   */
  of<Kind extends FactKind>(kind: Kind): readonly FactOf<Kind>[];
  /**
   * All text sources, files and programs inside them, for rules that read `source`. Spans of
   * embedded ones are in their own offsets.
   */
  readonly sources: readonly TaintSource[];
  /**
   * What the author declared in skill.json and SKILL.md; undefined when there is no skill.json and
   * nothing in SKILL.md either.
   */
  readonly declared: Capabilities | undefined;
  /** Whether `declared` comes from a readable skill.json. */
  readonly hasManifest: boolean;
  /** Command → file, as skill.json names them; empty without a readable one. */
  readonly commands: Readonly<Record<string, string>>;
  /** The name in a readable skill.json. */
  readonly declaredName: SkillName | undefined;
  /** The name in SKILL.md. */
  readonly nameInProse: string | undefined;
  /** What the facts add up to, without what needs no capability. */
  readonly observed: Capabilities;
  readonly undeclared: Capabilities;
  readonly unused: Capabilities;
  /** What the version before was approved for; undefined for a first one. */
  readonly previous: Capabilities | undefined;
  /** Why skill.json or SKILL.md could not be read, or the files make no bundle. */
  readonly obstacles: readonly Obstacle[];
  readonly name: string;
  readonly description: string;
  /** Paths of all files of the bundle. */
  readonly files: ReadonlySet<string>;
  /** Whether every file was analysed whole. */
  readonly complete: boolean;
}

/**
 * A finding before it has lines, a fingerprint and its rule's texts. What is left out comes from
 * the rule.
 */
export interface FindingDraft {
  readonly span: Span;
  readonly message: string;
  readonly kind?: FindingKind;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly flow?: readonly { readonly span: Span; readonly note: string }[];
  readonly fix?: string;
}

export interface Rule {
  readonly id: RuleId;
  readonly title: string;
  readonly kind: FindingKind;
  /** The usual severity; a draft may say another. */
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Why it matters, for the rule's page and `skill explain`. */
  readonly why: string;
  readonly fix: string;
  readonly maps: {
    readonly cwe?: readonly string[];
    readonly owasp?: readonly string[];
    readonly attack?: readonly string[];
  };
  /**
   * The facts it asks for, as narrow as it can say: a skill that has none of them need not be
   * judged again when this rule changes. None when it only looks at what is declared.
   */
  readonly reads: readonly FactSelector[];
  readonly check: (context: RuleContext) => readonly FindingDraft[];
}

/** Gives a rule its type, so that a wrong group or a missing text does not compile. */
export function defineRule(rule: Rule): Rule {
  return Object.freeze(rule);
}
