/**
 * The result of a scan rule. The scanner, the registry, the desk and the command line share this
 * shape.
 */

export type Verdict = 'pass' | 'review' | 'block' | 'incomplete';
/**
 * The kind of a finding. malice: evidence of an attack. capability: a difference between the
 * skill's abilities and its manifest. policy: a form of file or text that the registry rejects.
 * form: why Skillgate cannot take the files as a skill, which says nothing about an attack and
 * decides no verdict.
 */
export type FindingKind = 'malice' | 'capability' | 'policy' | 'form';
export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];
/**
 * How certain the match of a rule is. exact: the rule matched the symbol itself. folded: the match
 * was found after constants were computed. lexical: the match was found as text. widened: the value
 * could not be resolved.
 */
export type Confidence = 'exact' | 'folded' | 'lexical' | 'widened';

/** One step of a data flow, on the way from the flow's source to the flow's sink. */
export interface FlowStep {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly note: string;
}

/**
 * What a rule found in a skill. Lines (separated by LF) and columns count from 1. `path` is
 * relative to the skill's folder.
 */
export interface Finding {
  /** The rule's name as `group/name`, for example `flow/secret-to-network`. */
  readonly rule: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly flow: readonly FlowStep[];
  readonly fix: string;
  /**
   * SHA-256 over rule, message, paths, the lines of place and flow, and occurrence. It is stable
   * when lines of the file move, and changes with what the finding is about.
   */
  readonly fingerprint: string;
}
