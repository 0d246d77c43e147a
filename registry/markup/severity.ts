/**
 * Shows severities, verdicts and states: always as a word and a glyph, with the colour only in
 * addition.
 */
import type { Severity, Verdict } from '../../skills-index/statement/finding.ts';
import type { VersionState } from '../versions/status.ts';
import { type Html, html } from './markup.ts';

const severityGlyphs: Readonly<Record<Severity, string>> = {
  critical: '⬢',
  high: '▲',
  medium: '◆',
  low: '▽',
  info: '·',
};
const verdictGlyphs: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  review: '◇',
  block: '✕',
  incomplete: '◌',
};
const stateGlyphs: Readonly<Record<VersionState, string>> = {
  received: '·',
  scanning: '◌',
  'in review': '◇',
  approved: '✓',
  suspended: '‖',
  revoked: '✕',
  refused: '✕',
  quarantined: '▲',
  withdrawn: '—',
};

export function severityBadge(severity: Severity): Html {
  return badge(`severity severity-${severity}`, severityGlyphs[severity], severity);
}

/** The number of findings of each severity, the highest first, without zeros. */
export function severityCounts(counts: Readonly<Record<Severity, number>>): Html {
  const some = (['critical', 'high', 'medium', 'low', 'info'] as const).filter(
    (severity) => counts[severity] > 0,
  );
  if (some.length === 0) return html`<span class="quiet">no findings</span>`;
  return html`${some.map((severity) => badge(`severity severity-${severity}`, severityGlyphs[severity], `${counts[severity]} ${severity}`))}`;
}

export function verdictBadge(verdict: Verdict | undefined): Html {
  if (verdict === undefined) return html`<span class="quiet">no verdict yet</span>`;
  return badge(`verdict verdict-${verdict}`, verdictGlyphs[verdict], verdict);
}

export function stateBadge(state: VersionState): Html {
  return badge(`state state-${state.replace(' ', '-')}`, stateGlyphs[state], state);
}

function badge(classes: string, glyph: string, word: string): Html {
  return html`<span class="badge ${classes}"><span aria-hidden="true">${glyph}</span> ${word}</span> `;
}
