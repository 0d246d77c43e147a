/**
 * Text as a reader (or a model) understands it: tricks that hide words from a search are undone.
 */

import { confusables } from '../../skills-index/skill/text/confusables.ts';
import { plainWordsCharsMax } from '../limits.ts';
import { hiddenRanges } from '../lookup-tables/hidden-characters.ts';

/**
 * Text with hidden characters dropped, compatibility forms and white space folded. Tag characters
 * are read as the letters they stand for.
 */
export function foldText(text: string): string {
  const cut = text.length > plainWordsCharsMax ? text.slice(0, plainWordsCharsMax) : text;
  if (/^[\x20-\x7e]*$/.test(cut)) return cut.includes('  ') ? cut.replace(/ {2,}/g, ' ') : cut;
  const seen = cut
    .normalize('NFKC')
    .replace(
      /[\u{e0020}-\u{e007e}]+/gu,
      (tags) =>
        ` ${[...tags].map((tag) => String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000)).join('')} `,
    )
    .replace(hidden, '');
  return seen.replace(/[’‘]/g, "'").replace(/[“”„]/g, '"').replace(/\s+/g, ' ');
}

/** As `foldText`, with look-alike letters made Latin. */
export function plainWords(text: string): string {
  return inLatin(foldText(text));
}

/** Replaces letters of other scripts that look like Latin ones. */
export function inLatin(folded: string): string {
  return /[^\x20-\x7e]/.test(folded)
    ? folded.replace(lookAlikes, (letter) => confusables.get(letter) ?? letter)
    : folded;
}

const hidden = new RegExp(
  `[${hiddenRanges
    .filter(({ to }) => to >= 0x80)
    .map(({ from, to }) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`)
    .join('')}]`,
  'gu',
);
const lookAlikes = new RegExp(`[${[...confusables.keys()].join('')}]`, 'gu');
