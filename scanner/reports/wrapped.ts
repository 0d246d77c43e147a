/** Breaks text into lines for a terminal. */
import stringWidth from 'string-width';

/**
 * The text in lines of at most `width` columns, broken at spaces. A word that is longer stands
 * alone and sticks out: addresses and digests are to be copied.
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
