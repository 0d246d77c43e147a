/** The place in a PowerShell program that is being parsed, and what was left out. */
import type { Steps } from '../../fact/steps.ts';
import type { Expression, PowerShellStatement } from './syntax.ts';

export interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  readonly steps: Steps;
  /** Parts that could not be read, and why. */
  readonly unread: { readonly at: number; readonly reason: string }[];
  /** How often each variable is set. */
  readonly assigned: Map<string, number>;
  readonly parseStatements: (reader: Reader, closes: string) => PowerShellStatement[];
  readonly parseExpression: (reader: Reader) => Expression;
}

/** Thrown where the program is nested too deeply; the whole of it then counts as unread. */
export class TooDeep extends Error {}

/** Skips blanks, comments and continued lines, and line ends when `lines` is set. */
export function skipBlanks(reader: Reader, lines: boolean): void {
  const { text } = reader;
  for (;;) {
    blanks.lastIndex = reader.at;
    const [found = ''] = blanks.exec(text) ?? [];
    reader.at += found.length;
    if (text.startsWith('<#', reader.at)) {
      const end = text.indexOf('#>', reader.at);
      reader.at = end < 0 ? text.length : end + 2;
    } else if (text[reader.at] === '#') {
      const end = text.indexOf('\n', reader.at);
      reader.at = end < 0 ? text.length : end;
    } else if (lines && (text[reader.at] === '\n' || text[reader.at] === '\r')) reader.at += 1;
    else if (found === '') return;
  }
}

const blanks = /(?:[ \t\f\v\u00a0]|`\r?\n)*/y;

/** Takes what a sticky pattern matches here. */
export function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) return undefined;
  reader.steps.take();
  reader.at += found[0].length;
  return found;
}

/** Whether a text begins here. */
export function isHere(reader: Reader, text: string): boolean {
  return reader.text.startsWith(text, reader.at);
}

/** Runs a part of the parser one level deeper. */
export function deeper<Result>(reader: Reader, part: () => Result): Result {
  reader.steps.take();
  if (reader.depth > depthMax) throw new TooDeep();
  reader.depth += 1;
  try {
    return part();
  } finally {
    reader.depth -= 1;
  }
}

const depthMax = 150;

/** Notes that a part is not read. */
export function noteUnread(reader: Reader, reason: string): void {
  if (reader.unread.length < 20) reader.unread.push({ at: reader.at, reason });
}

export function countAssigned(reader: Reader, name: string): void {
  reader.assigned.set(name, (reader.assigned.get(name) ?? 0) + 1);
}
