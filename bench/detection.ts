/** How well verdicts tell attacks from honest skills: shares with Wilson intervals. */
import type { Verdict } from '../skills-index/statement/finding.ts';

/**
 * `47/50 94.0 % [84–98]`: a share with its 95 % interval after Wilson (1927), which also holds near
 * 0 and 100 %.
 */
export function shareOf(count: number, of: number): string {
  if (of === 0) return '–';
  const z = 1.96;
  const share = count / of;
  const middle = (share + (z * z) / 2 / of) / (1 + (z * z) / of);
  const half =
    (z * Math.sqrt((share * (1 - share)) / of + (z * z) / 4 / of / of)) / (1 + (z * z) / of);
  const percent = (value: number): string => (100 * value).toFixed(value < 0.1 ? 1 : 0);
  return `${count}/${of} = ${(100 * share).toFixed(1)} % [${percent(Math.max(0, middle - half))}–${percent(Math.min(1, middle + half))}]`;
}

/** Review or above: everything that does not pass by itself. */
export function isHeld(verdict: Verdict | 'crashed'): boolean {
  return verdict === 'review' || verdict === 'incomplete' || verdict === 'block';
}

/** A table in Markdown. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, at) =>
    Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [
    line(head),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}
