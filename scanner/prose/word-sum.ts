/**
 * Sums of the letters of words, by which hints are found without copying a word (FNV-1a). Two words
 * with the same sum share an entry, which only means a needless search.
 */

export const wordStart = 0x811c9dc5 | 0;

/** The sum with one letter more. */
export function withLetter(sum: number, letter: number): number {
  return Math.imul(sum ^ letter, 0x01000193);
}

export function wordSum(text: string): number {
  let sum = wordStart;
  for (let at = 0; at < text.length; at++) sum = withLetter(sum, text.charCodeAt(at));
  return sum;
}
