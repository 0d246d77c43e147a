/**
 * The ceilings of the three rings: the last line of the table in
 * docs/decisions/0005-runner-budget.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ring } from './measure.ts';

export type Ceilings = Readonly<Record<Ring, number>>;

const page = 'docs/decisions/0005-runner-budget.md';
// A line of the table: date, acts, judges, vocabulary, why.
const line = /^\| \d{4}-\d\d-\d\d \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| \S.* \|$/gm;

export function readCeilings(root: string): Ceilings {
  const last = [...readFileSync(join(root, page), 'utf8').matchAll(line)].at(-1);
  if (last === undefined)
    throw new Error(
      `${page}: the table of ceilings has no line "| date | acts | judges | vocabulary | why |"`,
    );
  const [acts = 0, judges = 0, vocabulary = 0] = last
    .slice(1)
    .map((cell) => Number(cell.replaceAll(',', '')));
  return { acts, judges, vocabulary };
}

/** The meaning of each ring for readers of the README. */
const ringTexts: Readonly<Record<Ring, string>> = {
  acts: 'touches files, processes, sockets, the clock or chance, keeps state, or imports code that does',
  judges: 'computes an answer from its arguments alone: decides, compares, parses, throws',
  vocabulary: 'declares without deciding: limits, schemas, tables, texts',
};

const start = '<!-- npm run size -- --write -->';
const end = '<!-- end of size -->';

/** The README with the ceilings between its two markers. */
export function withCeilings(readme: string, ceilings: Ceilings): string {
  const from = readme.indexOf(start);
  const to = readme.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`README.md: the markers ${start} and ${end} are missing`);
  const { acts, judges, vocabulary } = ceilings;
  const total = acts + judges + vocabulary;
  const rows = Object.entries(ringTexts).map(([ring, text]) => {
    const most = ring === 'acts' ? acts : ring === 'judges' ? judges : vocabulary;
    return `| ${ring} | ${text} | ${withCommas(most)} |`;
  });
  const table = [
    '| ring | its code | at most, tokens |',
    '|---|---|---:|',
    ...rows,
    `| all | | ${withCommas(total)} |`,
  ];
  return `${readme.slice(0, from)}${[start, ...table, ''].join('\n')}${readme.slice(to)}`;
}

export function withCommas(number: number): string {
  return number.toLocaleString('en-US');
}
