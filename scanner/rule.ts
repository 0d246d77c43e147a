/**
 * A rule: metadata, and a function from facts to drafts of findings. One file for each:
 * `rules/<group>/<name>.ts`.
 */
import type { Capabilities } from '../skills-index/skill/capability.ts';
import type { Manifest } from '../skills-index/skill/manifest.ts';
import type { ManifestPackages } from '../skills-index/skill/manifest-packages.ts';
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
 * The input of a rule: facts of the skill in stable order, and the author's declarations. It is
 * frozen. Rules have no files, no clock and no network.
 */
export interface RuleContext {
  /**
   * Facts of one kind that the rule selects in `reads`, sorted by path and offset. A rule may not
   * request other kinds.
   */
  of<Kind extends FactKind>(kind: Kind): readonly FactOf<Kind>[];
  /**
   * All text sources: files and embedded programs, for rules that read `source`. Spans of embedded
   * programs have their own offsets.
   */
  readonly sources: readonly TaintSource[];
  /** Capabilities declared in skill.json or SKILL.md; undefined when neither declares any. */
  readonly declared: Capabilities | undefined;
  /** Whether `declared` comes from a readable skill.json. */
  readonly hasManifest: boolean;
  /** The commands of a readable skill.json; empty without one. */
  readonly commands: Manifest['commands'];
  /** The packages that a readable skill.json requires. */
  readonly packages: ManifestPackages;
  /** The name in a readable skill.json. */
  readonly declaredName: SkillName | undefined;
  /** The name in SKILL.md. */
  readonly nameInProse: string | undefined;
  /** The capabilities that the facts show, without uses that need no capability. */
  readonly observed: Capabilities;
  readonly undeclared: Capabilities;
  readonly unused: Capabilities;
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
 * A finding before it has lines, a fingerprint and its rule's texts. The rule supplies whatever the
 * draft leaves out.
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

/** A draft at the place of a fact, as sure as the fact is. */
export function draftAt(
  { span, certainty }: { readonly span: Span; readonly certainty: Confidence },
  message: string,
  more: Partial<FindingDraft> = {},
): FindingDraft {
  return { span, confidence: certainty, message, ...more };
}

export interface Rule {
  readonly id: RuleId;
  readonly title: string;
  readonly kind: FindingKind;
  /** The default severity; a draft may set another. */
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Why the rule matters, for its page and `skillgate explain`. */
  readonly why: string;
  readonly fix: string;
  readonly maps: {
    readonly cwe?: readonly string[];
    readonly owasp?: readonly string[];
    readonly attack?: readonly string[];
  };
  /** The facts that the rule gets; empty when it reads declarations only. */
  readonly reads: readonly FactSelector[];
  readonly check: (context: RuleContext) => readonly FindingDraft[];
}

/** Gives a rule its type, so that a wrong group or a missing text does not compile. */
export function defineRule(rule: Rule): Rule {
  return Object.freeze(rule);
}
