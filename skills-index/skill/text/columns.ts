import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

// ASCII, Latin letters with accents, dashes, quotation marks and the ellipsis: a column each.
const oneColumnEach = /^[ -~\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027]*$/;

/**
 * The columns that a text takes in a terminal, without its colours. The library string-width
 * compiles patterns over all of Unicode, which takes longer than all other work of a short command.
 * So in a build the first text with wide or combining characters loads the library.
 */
export function columnsOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (oneColumnEach.test(plain)) return plain.length;
  return stringWidth(plain);
}
