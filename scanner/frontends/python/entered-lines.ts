/** `with (open(a) as f, open(b) as g):` (PEP 617), which @lezer/python 1.1 takes for an error. */
import { pythonEnteredCharsMax } from '../../limits.ts';

/**
 * The text with spaces for the parentheses around what a `with` enters, and for the line breaks,
 * the comments and the last comma between them. No length changes. A statement stays an error where
 * Python could end a string at another place than this reader: what one takes for a comment may be
 * code for the other.
 */
export function plainEntered(text: string): string {
  if (!text.includes('with')) return text;
  const parts: string[] = [];
  let end = 0;
  for (const head of text.matchAll(opening)) {
    const start = head.index + head[0].length;
    if (start <= end) continue;
    const list = plainList(text.slice(start, start + pythonEnteredCharsMax));
    if (list === undefined) continue;
    parts.push(text.slice(end, start - 1), ' ', list);
    end = start + list.length;
  }
  return end === 0 ? text : `${parts.join('')}${text.slice(end)}`;
}

const opening = /^[ \t]{0,200}(?:async[ \t]{1,9})?with[ \t]{0,9}\(/gm;

// The list and its parenthesis, written plainly; undefined where that is not sure, or where the
// parentheses are those of one expression.
function plainList(rest: string): string | undefined {
  let depth = 0;
  let hasName = false;
  let hasComment = false;
  let hasFields = false;
  for (const { 0: piece, index } of rest.matchAll(pieces)) {
    if (isUnsure(piece)) return undefined;
    hasComment ||= piece.startsWith('#');
    hasFields ||= /^["']/.test(piece) && piece.includes('{');
    hasName ||= depth === 0 && piece === 'as';
    if (/^[([{]$/.test(piece)) depth += 1;
    if (/^[\])}]$/.test(piece)) depth -= 1;
    if (depth >= 0) continue;
    const isList = piece === ')' && hasName && /^[ \t]{0,9}:/.test(rest.slice(index + 1));
    if (!isList || (hasComment && hasFields)) return undefined;
    return `${rest
      .slice(0, index)
      .replace(/#[^\n\r]*|[\n\r]/g, (one) => ' '.repeat(one.length))
      .replace(/,(?=\s*$)/, ' ')} `;
  }
  return undefined;
}

const pieces =
  /\bas\b|[()[\]{}]|#[^\n\r]*|"""|'''|"(?:\\.|[^"\\\n\r])*"?|'(?:\\.|[^'\\\n\r])*'?|\\/g;

// A string over several lines, one without an end, a comment that could end a string, a line that
// goes on.
function isUnsure(piece: string): boolean {
  if (piece.startsWith('#')) return /["']/.test(piece);
  if (/^("""|'''|\\)$/.test(piece)) return true;
  return /^["']/.test(piece) && (piece.length < 2 || !piece.endsWith(piece.charAt(0)));
}
