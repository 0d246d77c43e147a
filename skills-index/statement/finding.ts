/** The result of a scan rule; scanner, registry, desk and command line share this shape. */

export type Verdict = 'pass' | 'review' | 'block' | 'incomplete';
/**
 * malice: evidence of an attack. capability: a difference between the skill's abilities and its
 * manifest. policy: a form that the registry rejects.
 */
export type FindingKind = 'malice' | 'capability' | 'policy';
export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];
/**
 * How certain the match is. exact: the symbol itself. folded: found after constants were computed.
 * lexical: found as text. widened: the value could not be resolved.
 */
export type Confidence = 'exact' | 'folded' | 'lexical' | 'widened';

/** One step of a flow, from source to sink. */
export interface FlowStep {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly note: string;
}

/**
 * A finding's lines (separated by LF) and columns count from 1; `path` is relative to the skill.
 */
export interface Finding {
  /** `group/name`, for example `flow/secret-to-network`. */
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
  /** SHA-256 over rule, path, normalised snippet and occurrence: stable when lines move. */
  readonly fingerprint: string;
}
