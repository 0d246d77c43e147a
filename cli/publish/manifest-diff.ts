/** Changes of skill.json, line by line. */
import { diffLines as linesThatDiffer } from 'diff';
import { joined, type OutputInk, Safe, safe } from '../terminal/output.ts';

export interface ChangedLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

/** The lines of both texts; lines that are not in the longest common part are removed or added. */
export function diffLines(before: string, after: string): readonly ChangedLine[] {
  return linesThatDiffer(inLines(before), inLines(after)).flatMap(({ added, removed, value }) =>
    value
      .slice(0, -1)
      .split('\n')
      .map((text) => ({ sign: added ? '+' : removed ? '-' : ' ', text }) as const),
  );
}

/** The changed lines, with one unchanged line on either side, for a terminal. */
export function diffText(lines: readonly ChangedLine[], ink: OutputInk): Safe {
  const near = lines.filter(
    ({ sign }, index) =>
      sign !== ' ' ||
      lines.slice(Math.max(0, index - 1), index + 2).some((line) => line.sign !== ' '),
  );
  return joined(
    near.map(({ sign, text }) => {
      const line = safe`${new Safe(sign)} ${text}`;
      return sign === '+' ? ink.green(line) : sign === '-' ? ink.red(line) : ink.faint(line);
    }),
    '\n',
  );
}

// An empty text has no lines, and line endings do not count.
function inLines(text: string): string {
  return text === '' ? '' : `${text.trimEnd().replaceAll('\r\n', '\n')}\n`;
}
