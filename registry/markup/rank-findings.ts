/** The order in which pages show findings. */
import type { Finding } from '../../skills-index/statement/finding.ts';

const ranks = { critical: 0, high: 1, medium: 2, low: 3, info: 4 } as const;

/** Deciding findings first, then the severest, then by place. */
export function rankFindings(
  findings: readonly Finding[],
  decidedBy: readonly string[],
): Finding[] {
  const decides = (finding: Finding): number => (decidedBy.includes(finding.fingerprint) ? 0 : 1);
  return [...findings].sort(
    (a, b) =>
      decides(a) - decides(b) ||
      ranks[a.severity] - ranks[b.severity] ||
      (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
      a.line - b.line ||
      a.column - b.column,
  );
}
