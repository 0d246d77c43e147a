/** Offsets become lines and columns, both from 1. Lines end with LF; columns count UTF-16 units. */
import type { Span } from './fact.ts';

export interface Lines {
  at(offset: number): { readonly line: number; readonly column: number };
}

/** Line starts of one text, searched by halving. */
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

/** Orders spans by path, then start, then end. */
export function compareSpans(a: Span, b: Span): number {
  return a.path === b.path ? a.start - b.start || a.end - b.end : a.path < b.path ? -1 : 1;
}
