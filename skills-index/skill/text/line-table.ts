/**
 * Lines and columns in a text. The table has one row for each block of the text, because a text of
 * four million line ends would otherwise have four million rows.
 */

/** A line and a column (UTF-16 units), each counted from 1. */
export interface LinePlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Reads the text once.
 * @returns a function that finds the place of an offset. Lines end with LF.
 */
export function lineTableOf(text: string): (offset: number) => LinePlace {
  const rows = Math.floor(text.length / blockChars) + 1;
  // Of the character with which each block begins: lines before its own, and its line's first.
  const lines = new Uint32Array(rows);
  const starts = new Uint32Array(rows);
  let line = 0;
  let start = 0;
  for (let row = 0; row < rows; row++) {
    lines[row] = line;
    starts[row] = start;
    const end = Math.min(text.length, (row + 1) * blockChars);
    for (let at = row * blockChars; at < end; at++)
      if (text.charCodeAt(at) === lineFeed) {
        line++;
        start = at + 1;
      }
  }
  return (offset) => {
    const row = Math.min(Math.floor(offset / blockChars), rows - 1);
    let before = lines[row] ?? 0;
    let from = starts[row] ?? 0;
    for (let at = row * blockChars; at < offset; at++)
      if (text.charCodeAt(at) === lineFeed) {
        before++;
        from = at + 1;
      }
    return { line: before + 1, column: offset - from + 1 };
  };
}

const blockChars = 4_096;
const lineFeed = 0x0a;
