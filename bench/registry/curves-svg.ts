/**
 * The curves of the registry's bench as one SVG: a chart for each, both axes logarithmic. The text
 * and the lines follow the reader's light or dark theme.
 */
import { round } from '../row.ts';
import type { Curve } from './part.ts';

const width = 460;
const height = 300;
const columns = 2;
const margin = { top: 44, right: 24, bottom: 40, left: 60 };
const legendLine = 16;
/** Colours with a contrast of 3:1 and more on white and on black (Okabe and Ito, darkened). */
const colours = ['#0a7cc4', '#c4590a', '#15915f', '#b5569a', '#8a7a10', '#767676'];
const dashes = ['', '6 3', '2 3', '8 3 2 3', '', '6 3'];

export function curvesSvg(curves: readonly Curve[], caption: string): string {
  const shown = curves.filter(({ at, lines }) => at.length > 1 && valuesOf(lines).length > 1);
  const most = Math.max(1, ...shown.map(({ lines }) => lines.length));
  const cell = height + most * legendLine;
  const rows = Math.ceil(shown.length / columns);
  const total = { width: columns * width, height: rows * cell + 40 };
  const charts = shown.map((curve, nth) => {
    const x = (nth % columns) * width;
    const y = Math.floor(nth / columns) * cell + 30;
    return `<g transform="translate(${x} ${y})">${chart(curve)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total.width} ${total.height}" width="${total.width}" height="${total.height}" role="img" aria-label="${escaped(caption)}">`,
    '<style>',
    'text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:13px}.axis{stroke:#59636e}.grid{stroke:#d1d9e0}.sheet{fill:#fff}',
    '@media (prefers-color-scheme:dark){text{fill:#e6edf3}.axis{stroke:#9198a1}.grid{stroke:#3d444d}.sheet{fill:#0d1117}}',
    '</style>',
    `<rect class="sheet" width="${total.width}" height="${total.height}"/>`,
    `<text x="${margin.left}" y="20">${escaped(caption)}</text>`,
    ...charts,
    '</svg>',
    '',
  ].join('\n');
}

function chart({ title, along, at, unit, lines }: Curve): string {
  const across = placeOf([Math.min(...at), Math.max(...at)], margin.left, width - margin.right);
  const ticks = ticksAround(valuesOf(lines));
  const up = placeOf(ticks, height - margin.bottom, margin.top);
  const bottom = height - margin.bottom;
  const grid = ticks.map((tick) => {
    const y = up(tick).toFixed(1);
    return `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${y}" y2="${y}"/><text x="${margin.left - 6}" y="${y}" dy="4" text-anchor="end">${shortNumber(tick)}</text>`;
  });
  const labels = at.map(
    (value) =>
      `<text x="${across(value).toFixed(1)}" y="${bottom + 16}" text-anchor="middle">${shortNumber(value)}</text>`,
  );
  const drawn = lines.map(({ name, values }, nth) => {
    const colour = colours[nth % colours.length];
    const points = values.flatMap((value, i) => {
      const x = at[i];
      return value === undefined || x === undefined || !(value > 0)
        ? []
        : [{ x: across(x).toFixed(1), y: up(value).toFixed(1), value }];
    });
    const dots = points.map(
      ({ x, y, value }) =>
        `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"><title>${escaped(name)}: ${round(value)} ${unit}</title></circle>`,
    );
    const dash = dashes[nth % dashes.length];
    const key = height + nth * legendLine;
    const stroke = `stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"`;
    const last = values.map((value) => (value === undefined ? '–' : round(value))).join(' → ');
    return [
      `<polyline fill="none" ${stroke} points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`,
      ...dots,
      `<line ${stroke} x1="${margin.left}" x2="${margin.left + 24}" y1="${key}" y2="${key}"/>`,
      `<text x="${margin.left + 30}" y="${key + 4}">${escaped(name)}: ${last} ${unit}</text>`,
    ].join('');
  });
  return [
    `<text class="title" x="${margin.left}" y="20">${escaped(title)}, ${unit}</text>`,
    ...grid,
    `<line class="axis" x1="${margin.left}" x2="${width - margin.right}" y1="${bottom}" y2="${bottom}"/>`,
    ...labels,
    `<text x="${(width + margin.left) / 2}" y="${bottom + 32}" text-anchor="middle">${escaped(along)}</text>`,
    ...drawn,
  ].join('\n');
}

/** Powers of ten around the values. */
function ticksAround(values: readonly number[]): readonly number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, nth) => 10 ** (low + nth));
}

/** Places values between two coordinates, by their logarithms. */
function placeOf(ends: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.log10(ends[0] ?? 1);
  const high = Math.log10(ends.at(-1) ?? 10);
  return (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
}

function valuesOf(lines: Curve['lines']): number[] {
  return lines.flatMap(({ values }) => values.flatMap((value) => value ?? [])).filter(Boolean);
}

function shortNumber(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  if (value >= 1_000) return `${value / 1_000}k`;
  return String(Number(value.toPrecision(3)));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
}
