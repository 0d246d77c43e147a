/** What the place of a fact says about it: run, shown, or only spoken of. */
import type { Severity } from '../../skills-index/statement/finding.ts';
import { severities } from '../../skills-index/statement/finding.ts';
import type { Fact } from './fact.ts';

/** Whether what was found runs, or the reader is told to run it. */
export function runs({ context }: Fact): boolean {
  return context !== 'comment' && context !== 'fence-doc';
}

/** Whether it stands in a code block of a text (or in inline code) rather than in a program. */
export function isInText({ context }: Fact): boolean {
  return context === 'fence-run' || context === 'fence-doc';
}

/**
 * The severity where it runs; at most `medium` where it is only shown, and `info` in a comment:
 * quoting an attack is none.
 */
export function milder(severity: Severity, fact: Fact): Severity {
  if (fact.context === 'comment') return 'info';
  return fact.context === 'fence-doc' ? atMost(severity, 'medium') : severity;
}

export function atMost(severity: Severity, limit: Severity): Severity {
  return severities.indexOf(severity) <= severities.indexOf(limit) ? severity : limit;
}

/** As `milder`, for what a rule found in the raw text of a source: tests show attacks, too. */
export function milderIn(severity: Severity, { context }: Pick<Fact, 'context'>): Severity {
  return context === 'code' || context === 'fence-run' ? severity : atMost(severity, 'medium');
}
