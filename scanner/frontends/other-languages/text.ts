/**
 * Text of a program without a parser, divided into comments, strings and statements by the marks of
 * its language.
 */
import { blanked } from '../../fact/blanked.ts';
import { lexicalLineCharsMax, lexicalStatementLinesMax } from '../../limits.ts';
import type { LexicalSyntax } from './tables/lexical-syntax.ts';

export interface Piece {
  readonly start: number;
  readonly end: number;
  /** Without marks and quotes. */
  readonly text: string;
}

export interface LexicalText {
  /** As long as the source, with comments blanked. */
  readonly code: string;
  readonly comments: readonly Piece[];
  readonly strings: readonly Piece[];
}

/** Separates comments and strings. Linear in the text. */
export function readLexical(text: string, syntax: LexicalSyntax): LexicalText {
  const comments: Piece[] = [];
  const strings: Piece[] = [];
  const marks = marksOf(syntax);
  const code: string[] = [];
  let kept = 0;
  for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
    const [mark] = match;
    const at = match.index;
    const block = syntax.block.find(([open]) => open === mark);
    const isQuote = block === undefined && mark.length === 1 && syntax.quotes.includes(mark);
    const end =
      block !== undefined
        ? endOfBlock(text, at + mark.length, block[1])
        : isQuote
          ? endOfString(text, at, syntax)
          : endOfLine(text, at);
    marks.lastIndex = Math.max(end, at + 1);
    if (isQuote)
      strings.push({ start: at, end, text: text.slice(at + 1, Math.max(at + 1, end - 1)) });
    else {
      comments.push({
        start: at,
        end,
        text: text
          .slice(at + mark.length, block === undefined ? end : end - block[1].length)
          .trim(),
      });
      code.push(text.slice(kept, at), blanked(text.slice(at, end)));
      kept = end;
    }
  }
  return { code: code.join('') + text.slice(kept), comments, strings };
}

/**
 * Statements: lines, together with lines that continue in open brackets or behind a mark of
 * continuation.
 */
export function statementsOf(code: string, continues: RegExp): Piece[] {
  const found: Piece[] = [];
  let start = 0;
  let open = 0;
  let lines = 0;
  for (let at = 0; at <= code.length; ) {
    const newLine = code.indexOf('\n', at);
    const end = newLine < 0 ? code.length : newLine;
    const line = code.slice(at, Math.min(end, at + lexicalLineCharsMax));
    for (const [bracket] of line.matchAll(/[()]/g))
      open = Math.max(0, open + (bracket === '(' ? 1 : -1));
    lines += 1;
    if (open === 0 || lines >= lexicalStatementLinesMax || newLine < 0) {
      if (!continues.test(line) || lines >= lexicalStatementLinesMax || newLine < 0) {
        const text = code.slice(start, end);
        if (text.trim() !== '') found.push({ start, end, text });
        start = end + 1;
        lines = 0;
        open = 0;
      }
    }
    at = end + 1;
  }
  return found;
}

function marksOf({ line, block, quotes }: LexicalSyntax): RegExp {
  const marks = [...block.map(([open]) => open), ...line].sort((a, b) => b.length - a.length);
  return new RegExp([...marks, ...quotes].map((mark) => RegExp.escape(mark)).join('|'), 'g');
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function endOfBlock(text: string, from: number, close: string): number {
  const end = text.indexOf(close, from);
  return end < 0 ? text.length : end + close.length;
}

function endOfString(
  text: string,
  start: number,
  { wide, escape: escapes, charQuote }: LexicalSyntax,
): number {
  const quote = text[start] ?? '';
  // `'"'` is a letter and begins no string.
  if (charQuote === true && text[start - 1] === "'" && text[start + 1] === "'") return start + 1;
  for (let at = start + 1; at < text.length && at < start + lexicalLineCharsMax; at++) {
    const character = text[at];
    if (character === escapes) at += 1;
    else if (character === quote) return at + 1;
    else if (character === '\n' && !wide) return at;
  }
  return Math.min(text.length, start + lexicalLineCharsMax);
}
