/**
 * Colours for a terminal, or none: the only module of the scanner that writes escape sequences.
 */
import type { Severity, Verdict } from '../../skills-index/statement/finding.ts';

export interface Ink {
  bold(text: string): string;
  faint(text: string): string;
  step(text: string): string;
  severity(severity: Severity, text: string): string;
  verdict(verdict: Verdict, text: string): string;
}

const sgr = {
  bold: 1,
  faint: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
} as const;

const severityStyles = {
  info: ['blue'],
  low: ['cyan'],
  medium: ['yellow'],
  high: ['red'],
  critical: ['bold', 'red'],
} as const satisfies Record<Severity, readonly (keyof typeof sgr)[]>;

const verdictStyles = {
  pass: ['bold', 'green'],
  review: ['bold', 'yellow'],
  block: ['bold', 'red'],
  incomplete: ['bold', 'magenta'],
} as const satisfies Record<Verdict, readonly (keyof typeof sgr)[]>;

/** Ink that colours (SGR sequences only, ECMA-48 §8.3.117), or that leaves text unchanged. */
export function inkFor(colour: boolean): Ink {
  const style = (styles: readonly (keyof typeof sgr)[], text: string): string =>
    colour ? `\u001b[${styles.map((name) => sgr[name]).join(';')}m${text}\u001b[0m` : text;
  return {
    bold: (text) => style(['bold'], text),
    faint: (text) => style(['faint'], text),
    step: (text) => style(['bold', 'magenta'], text),
    severity: (severity, text) => style(severityStyles[severity], text),
    verdict: (verdict, text) => style(verdictStyles[verdict], text),
  };
}
