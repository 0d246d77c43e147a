/** The order of findings in reports: deciding ones first, then by rule, the worst rule first. */
import { type Finding, severities } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';

export interface RuleFindings {
  readonly rule: string;
  /** The worst first, otherwise in the report's order; at least one. */
  readonly findings: readonly [Finding, ...Finding[]];
}

export interface OrderedFindings {
  /** The one to three findings that decide the verdict, worst first. */
  readonly deciding: readonly Finding[];
  /** All others, by rule. */
  readonly rest: readonly RuleFindings[];
}

export function orderFindings({
  findings,
  decidedBy,
}: Pick<ScanReport, 'findings' | 'decidedBy'>): OrderedFindings {
  const decides = new Set(decidedBy);
  const sorted = worstFirst(findings);
  const byRule = Map.groupBy(
    sorted.filter((finding) => !decides.has(finding.fingerprint)),
    (finding) => finding.rule,
  );
  return {
    deciding: sorted.filter((finding) => decides.has(finding.fingerprint)),
    // Groups are in the order of their worst finding, since a map keeps the order of its first
    // entries.
    rest: [...byRule].flatMap(([rule, [first, ...more]]) =>
      first === undefined ? [] : [{ rule, findings: [first, ...more] }],
    ),
  };
}

/** Severity as a number for sorting: 0 for info, 4 for critical. */
export function severityRank({ severity }: Pick<Finding, 'severity'>): number {
  return severities.indexOf(severity);
}

/** By severity, otherwise in the given order. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => severityRank(b) - severityRank(a));
}
