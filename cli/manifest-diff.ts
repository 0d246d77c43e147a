/** What would change in skill.json, line by line. */
import { type Ink, joined, Safe, safe } from './output.ts';

export interface ChangedLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

/** The lines of both texts: the longest common part keeps its place, what stands beside it is taken out or put in. */
export function diffLines(before: string, after: string): readonly ChangedLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  const common = commonLengths(a, b);
  const lines: ChangedLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      i += 1;
      j += 1;
    } else if (right === undefined || (left !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ sign: '-', text: left ?? '' });
      i += 1;
    } else {
      lines.push({ sign: '+', text: right });
      j += 1;
    }
  }
  return lines;
}

/** The changed lines, with one unchanged line on either side, for a terminal. */
export function shownDiff(lines: readonly ChangedLine[], ink: Ink): Safe {
  const near = lines.filter(
    ({ sign }, index) => sign !== ' ' || lines.slice(Math.max(0, index - 1), index + 2).some((one) => one.sign !== ' '),
  );
  return joined(
    near.map(({ sign, text }) => {
      const line = safe`${new Safe(sign)} ${text}`;
      return sign === '+' ? ink.green(line) : sign === '-' ? ink.red(line) : ink.faint(line);
    }),
    '\n',
  );
}

// Table of the lengths of common subsequences from (i, j) on (Hunt and McIlroy 1976); manifests are short.
function commonLengths(a: readonly string[], b: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row !== undefined)
        row[j] = a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split(/\r?\n/);
}
