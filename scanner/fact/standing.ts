/** What the context of a fact means: the code runs, is only shown, or is only mentioned. */
import type { Severity } from '../../skills-index/statement/finding.ts';
import { severities } from '../../skills-index/statement/finding.ts';
import type { Fact } from './fact.ts';

/** Whether the code runs, or the reader is told to run it. */
export function runs({ context }: Fact): boolean {
  return context !== 'comment' && context !== 'fence-doc';
}

/** Whether the fact is in a code block of a text (or in inline code) and not in a program. */
export function isInText({ context }: Fact): boolean {
  return context === 'fence-run' || context === 'fence-doc';
}

/**
 * The given severity for code that runs; at most `medium` for code that is only shown, and `info`
 * in a comment, because quoting an attack is no attack.
 */
export function milder(severity: Severity, fact: Fact): Severity {
  if (fact.context === 'comment') return 'info';
  return fact.context === 'fence-doc' ? atMost(severity, 'medium') : severity;
}

/** As `milder`, and one step less in a text. */
export function milderInText(severity: Severity, fact: Fact): Severity {
  const less = severities[severities.indexOf(severity) - 1] ?? severity;
  return milder(isInText(fact) ? less : severity, fact);
}

export function atMost(severity: Severity, limit: Severity): Severity {
  return severities.indexOf(severity) <= severities.indexOf(limit) ? severity : limit;
}

/** As `milder`, for a finding in the raw text of a source: tests also show attacks. */
export function milderIn(severity: Severity, { context }: Pick<Fact, 'context'>): Severity {
  return context === 'code' || context === 'fence-run' ? severity : atMost(severity, 'medium');
}
