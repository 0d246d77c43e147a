/** Findings for tests that need some finding, and care only for a part of it. */
import type { Finding } from '../skills-index/statement/finding.ts';

/** Evidence of an attack, with the given parts. */
export function makeFinding(over: Partial<Finding> = {}): Finding {
  return {
    rule: 'flow/secret-to-network',
    kind: 'malice',
    severity: 'critical',
    confidence: 'exact',
    message: 'm',
    path: 'SKILL.md',
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 2,
    flow: [],
    fix: 'f',
    fingerprint: 'x',
    ...over,
  };
}
