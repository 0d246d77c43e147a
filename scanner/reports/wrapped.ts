/** Breaks text into lines for a terminal. */
import stringWidth from 'string-width';

/**
 * The text in lines of at most `width` columns, broken at spaces. A longer word has a line of its
 * own and exceeds the width, because people copy addresses and digests.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || stringWidth(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
