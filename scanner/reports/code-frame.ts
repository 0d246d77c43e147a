/** Code frames: the lines of a file around a finding, safe to show, with the columns to mark. */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { columnsOf } from '../../skills-index/skill/text/columns.ts';
import { showSafely } from '../lookup-tables/hidden-characters.ts';

/** Path → the file's lines (by LF, a final CR dropped), for files that are text. */
export type SourceLines = ReadonlyMap<string, readonly string[]>;

export interface FrameLine {
  /** Counted from 1; 0 stands for omitted lines. */
  readonly number: number;
  readonly text: string;
  /** Terminal columns, from 0, end excluded. */
  readonly marked?: { readonly from: number; readonly to: number };
}
export type CodeFrame = readonly FrameLine[];

export interface FrameSpan {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const linesAround = 1;
const markedLinesMax = 4;
const gutterColumns = 8;
const leadColumnsMax = 20;

export function sourceLines(files: readonly SourceFile[]): SourceLines {
  return new Map(
    files.flatMap(({ path, bytes }): [string, string[]][] => {
      const text = textOf(bytes);
      return text === undefined
        ? []
        : [[path, text.split('\n').map((line) => line.replace(/\r$/, ''))]];
    }),
  );
}

/**
 * The text of a file in which places are counted, without a byte order mark; undefined for bytes
 * with zeros that are not UTF-16.
 */
export function textOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.subarray(0, 8_000).includes(0) ? undefined : new TextDecoder('utf-8').decode(bytes);
}

/**
 * The frame of a span: one line before, the marked lines (at most four, the middle omitted), one
 * line after.
 */
export function frameOf(
  lines: readonly string[] | undefined,
  span: FrameSpan,
  width: number,
): CodeFrame {
  if (lines === undefined || span.line < 1 || span.line > lines.length) return [];
  const end = Math.min(Math.max(span.endLine, span.line), lines.length);
  const first = Math.max(1, span.line - linesAround);
  // The text behind the last line feed is no line.
  const count = lines.at(-1) === '' ? Math.max(lines.length - 1, end) : lines.length;
  const last = Math.min(count, end + linesAround);
  const skipFrom = span.line + markedLinesMax / 2;
  const skipTo = end - markedLinesMax / 2;
  const frame: FrameLine[] = [];
  for (let number = first; number <= last; number++) {
    if (number === skipFrom && skipTo >= skipFrom) {
      frame.push({ number: 0, text: '' });
      number = skipTo;
      continue;
    }
    frame.push(
      frameLine(lines[number - 1] ?? '', number, { ...span, endLine: end }, width - gutterColumns),
    );
  }
  return frame;
}

function frameLine(line: string, number: number, span: FrameSpan, width: number): FrameLine {
  const isMarked = number >= span.line && number <= span.endLine;
  const from = number === span.line ? span.column - 1 : line.length - line.trimStart().length;
  const to = number === span.endLine ? Math.max(span.endColumn - 1, from + 1) : line.length;
  const cut = cutAround(line, isMarked ? from : 0, isMarked ? to : 0, width);
  // Only the first line is underlined: more marks would cover the code.
  if (!isMarked || number > span.line) return { number, text: cut.text };
  return { number, text: cut.text, marked: { from: cut.from, to: cut.to } };
}

// A long line keeps the marked part and loses distant parts. A cut end of the marked part is always
// indicated.
function cutAround(
  line: string,
  from: number,
  to: number,
  width: number,
): { text: string; from: number; to: number } {
  const [before, marked, behind] = [line.slice(0, from), line.slice(from, to), line.slice(to)].map(
    showSafely,
  );
  // Two columns are reserved for the signs of omission on either side, and some for the text before
  // the mark.
  const middle = shorten(
    marked ?? '',
    width - 2 - Math.min(columnsOf(before ?? ''), leadColumnsMax),
  );
  const room = Math.max(0, width - columnsOf(middle));
  const lead = Math.min(columnsOf(before ?? ''), leadColumnsMax, room - 1);
  const left = keepEnd(
    before ?? '',
    Math.max(lead, Math.floor(room / 2), room - columnsOf(behind ?? '')),
  );
  const right = keepStart(behind ?? '', room - columnsOf(left));
  const start = columnsOf(left);
  return { text: `${left}${middle}${right}`, from: start, to: start + columnsOf(middle) };
}

function shorten(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  const half = Math.floor((width - 1) / 2);
  return `${keepColumns([...text], half).join('')}…${keepColumns([...text].reverse(), half)
    .reverse()
    .join('')}`;
}

function keepEnd(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  return `…${keepColumns([...text].reverse(), width - 1)
    .reverse()
    .join('')}`;
}

function keepStart(text: string, width: number): string {
  return columnsOf(text) <= width ? text : `${keepColumns([...text], width - 1).join('')}…`;
}

function keepColumns(characters: readonly string[], width: number): string[] {
  const kept: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += columnsOf(character);
    if (used > width) break;
    kept.push(character);
  }
  return kept;
}
