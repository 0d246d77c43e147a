/**
 * Offsets become lines and columns, both counted from 1. Lines end with LF; columns count UTF-16
 * units.
 */
import type { Span } from './fact.ts';

export interface Lines {
  at(offset: number): { readonly line: number; readonly column: number };
}

/** Line starts of one text, with a binary search. */
export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    at(offset) {
      const within = Math.min(Math.max(offset, 0), text.length);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= within) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: within - (starts[low] ?? 0) + 1 };
    },
  };
}

/**
 * The offset of a line and column, both counted from 1; the end of the text for a place behind it.
 */
export function offsetOf(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf('\n', start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(start + column - 1, text.length);
}

/** Orders spans by path, then start, then end. */
export function compareSpans(a: Span, b: Span): number {
  return a.path === b.path ? a.start - b.start || a.end - b.end : a.path < b.path ? -1 : 1;
}
