/** Findings and coverage become a verdict, with the findings that decide it. */
import { type Finding, severities, type Verdict } from '../../skills-index/statement/finding.ts';

export interface Judged {
  readonly verdict: Verdict;
  /**
   * The one to three deciding findings: the worst first, of equal ones the most certain first, of
   * different rules where possible. None for `pass`, and for an `incomplete` that only coverage
   * decides.
   */
  readonly deciding: readonly Finding[];
}

/**
 * `block`: malice or policy of severity high or critical. `incomplete`: something was not analysed.
 * `review`: any other malice or policy of severity low or more, and capabilities of severity medium
 * or more. Else `pass`. Findings about the form of a skill decide nothing: a registry takes no such
 * skill, whatever its verdict is.
 */
export function judge(all: readonly Finding[], complete: boolean): Judged {
  const findings = all.filter(({ kind }) => kind !== 'form');
  const blocking = findings.filter(
    (finding) => finding.kind !== 'capability' && rank(finding) >= severities.indexOf('high'),
  );
  if (blocking.length > 0) return { verdict: 'block', deciding: worst(blocking) };
  const doubtful = findings.filter(
    (finding) =>
      rank(finding) >= severities.indexOf(finding.kind === 'capability' ? 'medium' : 'low'),
  );
  if (!complete) return { verdict: 'incomplete', deciding: worst(doubtful) };
  return doubtful.length > 0
    ? { verdict: 'review', deciding: worst(doubtful) }
    : { verdict: 'pass', deciding: [] };
}

function worst(findings: readonly Finding[]): Finding[] {
  const chosen: Finding[] = [];
  const left = [...findings].sort(byWeight);
  while (chosen.length < decidingMax) {
    const [first] = left;
    if (first === undefined) break;
    // One rule at three places tells less than three rules.
    const other = left.find(
      (finding) =>
        byWeight(first, finding) === 0 && !chosen.some(({ rule }) => rule === finding.rule),
    );
    const next = other ?? first;
    chosen.push(next);
    left.splice(left.indexOf(next), 1);
  }
  return chosen;
}

const decidingMax = 3;
const surest = ['exact', 'folded', 'lexical', 'widened'] as const satisfies Finding['confidence'][];

// Equal findings stay in the report's order, which is by place.
function byWeight(a: Finding, b: Finding): number {
  return rank(b) - rank(a) || surest.indexOf(a.confidence) - surest.indexOf(b.confidence);
}

function rank(finding: Finding): number {
  return severities.indexOf(finding.severity);
}
