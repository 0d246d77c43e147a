/** Findings and coverage become a verdict, with the findings that decide it. */
import { type Finding, severities, type Verdict } from '../skills-index/statement/finding.ts';

export interface Judged {
  readonly verdict: Verdict;
  /** The one to three findings that decide, worst first; none for `pass` and for an `incomplete` that only coverage decides. */
  readonly deciding: readonly Finding[];
}

/**
 * `block`: malice or policy of level high or critical. `incomplete`: something was not analysed. `review`: any other malice of level low
 * or more, and capabilities of level medium or more. Else `pass`.
 */
export function judge(findings: readonly Finding[], complete: boolean): Judged {
  const worst = (list: readonly Finding[]): Finding[] => [...list].sort((a, b) => rank(b) - rank(a)).slice(0, 3);
  const blocking = findings.filter((one) => one.kind !== 'capability' && rank(one) >= severities.indexOf('high'));
  if (blocking.length > 0) return { verdict: 'block', deciding: worst(blocking) };
  const doubtful = findings.filter((one) => rank(one) >= severities.indexOf(one.kind === 'capability' ? 'medium' : 'low'));
  if (!complete) return { verdict: 'incomplete', deciding: worst(doubtful) };
  return doubtful.length > 0 ? { verdict: 'review', deciding: worst(doubtful) } : { verdict: 'pass', deciding: [] };
}

function rank(finding: Finding): number {
  return severities.indexOf(finding.severity);
}
