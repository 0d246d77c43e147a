/** The picture of a period: what ran on each day, what was refused, and when something happened. */
import type { DayRow, ReportFacts } from '../facts.ts';
import { html, type Markup, text } from './markup.ts';

const width = 1_000;
const height = 190;
const top = 34;
const floor = 160;
/** Bars that are told apart on a telephone; days beyond are drawn together. */
const barsMax = 92;

type Bar = DayRow & { readonly to: string };

export function timeline({ days, reactions }: Pick<ReportFacts, 'days' | 'reactions'>): Markup {
  const bars = barsOf(days);
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined)
    return html`<p class="quiet">No audit line is in the period.</p>`;
  const most = Math.max(1, ...bars.map(({ starts, refused }) => starts + refused));
  const step = width / bars.length;
  const scale = (floor - top) / most;
  const label = `${first.day} to ${last.to}: starts, refused starts, incidents and holds by day`;
  return html`<svg class="timeline" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<line x1="0" y1="${floor}" x2="${width}" y2="${floor}"/>
${bars.map((bar, at) => barMarkup(bar, at * step, step, scale))}
${stopMarks(bars, reactions, step)}
<text x="0" y="${height - 12}">${first.day}</text>
<text x="${width}" y="${height - 12}" text-anchor="end">${last.to}</text>
<text x="0" y="12">most in one bar: ${most}</text>
</svg>
<p class="quiet">Bars: <span class="mark key-starts">starts</span>, on top of them <span class="mark mark-open">refused starts</span>. Full circles: <span class="mark mark-false">incidents</span>. Empty circles: holds. Dashed lines: a version was revoked or suspended.</p>`;
}

function barMarkup(bar: Bar, x: number, step: number, scale: number): Markup {
  const { day, starts, refused, denied, holds, incidents } = bar;
  const wide = Math.max(1, step * 0.72);
  const startsHigh = starts * scale;
  const refusedHigh = refused * scale;
  const middle = round(x + wide / 2);
  const title = `${day}: ${starts} starts, ${refused} refused, ${denied} denied requests, ${holds} holds, ${incidents} incidents`;
  return html`<g><title>${title}</title>
<rect class="starts" x="${round(x)}" y="${round(floor - startsHigh)}" width="${round(wide)}" height="${round(startsHigh)}"/>
<rect class="refused" x="${round(x)}" y="${round(floor - startsHigh - refusedHigh)}" width="${round(wide)}" height="${round(refusedHigh)}"/>
${incidents > 0 ? html`<circle class="incidents" cx="${middle}" cy="24" r="5"/>` : ''}
${holds > 0 ? html`<circle class="holds" cx="${middle}" cy="${floor + 9}" r="4"/>` : ''}</g>
`;
}

function stopMarks(bars: readonly Bar[], reactions: ReportFacts['reactions'], step: number) {
  const seen = new Set<string>();
  return reactions.flatMap(({ name, version, kind, since }) => {
    const day = since.slice(0, 10);
    const at = bars.findIndex((bar) => bar.day <= day && day <= bar.to);
    const key = `${name}@${version}`;
    if (at === -1 || seen.has(key)) return [];
    seen.add(key);
    const x = round((at + 0.4) * step);
    return [
      html`<g><title>${text(`${key} ${kind} at ${since}`)}</title><line class="stops" x1="${x}" y1="${top}" x2="${x}" y2="${floor}"/></g>`,
    ];
  });
}

// Days without a line have a bar of no height, so that the picture shows time and not only rows.
function barsOf(days: readonly DayRow[]): Bar[] {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  const begin = Date.parse(first.day);
  const span = Math.round((Date.parse(last.day) - begin) / dayMillis) + 1;
  const size = Math.max(1, Math.ceil(span / barsMax));
  const dayAt = (index: number): string =>
    new Date(begin + index * dayMillis).toISOString().slice(0, 10);
  const bars = Array.from({ length: Math.ceil(span / size) }, (_, at) => ({
    day: dayAt(at * size),
    to: dayAt(Math.min(span, (at + 1) * size) - 1),
    starts: 0,
    refused: 0,
    denied: 0,
    holds: 0,
    incidents: 0,
  }));
  for (const row of days) {
    const bar = bars[Math.floor((Date.parse(row.day) - begin) / dayMillis / size)];
    if (bar === undefined) continue;
    bar.starts += row.starts;
    bar.refused += row.refused;
    bar.denied += row.denied;
    bar.holds += row.holds;
    bar.incidents += row.incidents;
  }
  return bars;
}

const dayMillis = 86_400_000;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
