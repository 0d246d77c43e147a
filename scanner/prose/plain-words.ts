/**
 * Text as a reader (or a model) understands it: one normalisation for every trick that hides words
 * from a search. Its letters are rows of lookup-tables/alphabets.ts.
 */

import { confusables } from '../../skills-index/skill/text/confusables.ts';
import { plainWordsCharsMax } from '../limits.ts';
import { type Alphabet, alikeAlphabets, dressedAlphabets } from '../lookup-tables/alphabets.ts';
import { hiddenRanges } from '../lookup-tables/hidden-characters.ts';

/**
 * Text in the letters that a reader reads: letters in another dress are plain, hidden characters
 * dropped, compatibility forms and white space folded.
 */
export function foldText(text: string): string {
  const cut = text.length > plainWordsCharsMax ? text.slice(0, plainWordsCharsMax) : text;
  if (/^[\x20-\x7e]*$/.test(cut)) return cut.includes('  ') ? cut.replace(/ {2,}/g, ' ') : cut;
  return cut
    .replace(selectors, (run) => ` ${textOfSelectors(run)} `)
    .replace(brailleNumber, (_, digits = '') => String(digits).replace(/./g, brailleDigit))
    .replace(loneIndicator, (letter) =>
      String.fromCharCode((letter.codePointAt(0) ?? 0) - firstIndicator + 0x61),
    )
    .replace(tags, ' $& ')
    .replace(dressed, (letter) => readAs.get(letter) ?? letter)
    .normalize('NFKC')
    .replace(hidden, '')
    .replace(piledMarks, '')
    .replace(/[’‘]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/\s+/g, ' ');
}

/** As `foldText`, with look-alike letters made Latin. */
export function plainWords(text: string): string {
  return inLatin(foldText(text));
}

/** Replaces letters that look like plain Latin ones, each by one letter: offsets stay. */
export function inLatin(folded: string): string {
  return /[^\x20-\x7e]/.test(folded)
    ? folded.replace(
        lookAlikes,
        (letter) => alike.get(letter) ?? letter.normalize('NFD')[0] ?? letter,
      )
    : folded;
}

const hidden = new RegExp(
  `[${hiddenRanges
    .filter(({ to }) => to >= 0x80)
    .map(({ from, to }) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`)
    .join('')}]`,
  'gu',
);

const lettersOf = (alphabets: readonly Alphabet[]): Map<string, string> =>
  new Map(alphabets.flatMap(({ letters }) => [...letters]));
const readAs = lettersOf(dressedAlphabets);
const dressed = new RegExp(`[${[...readAs.keys()].join('')}]`, 'gu');
const given = [...lettersOf(alikeAlphabets), ...confusables];
// Words are compared in small letters, and Cherokee has some of its own.
const alike = new Map([
  ...given.map(([letter, read]) => [letter.toLowerCase(), read.toLowerCase()] as const),
  ...given,
]);
// Latin letters with an accent, and those of the table.
const lookAlikes = new RegExp(`[${[...alike.keys()].join('')}À-ÖÙ-öù-ÿĀ-ſǍ-ǰǸ-țḀ-ỹ]`, 'gu');

const tags = /[\u{e0020}-\u{e007e}]+/gu;
// Marks that make no letter with the one before, piled on it.
const piledMarks = /(?<=[A-Za-z])[\u0300-\u036f]+/g;
// Two of these letters make a flag.
const firstIndicator = 0x1f1e6;
const loneIndicator = /(?<![\u{1f1e6}-\u{1f1ff}])[\u{1f1e6}-\u{1f1ff}](?![\u{1f1e6}-\u{1f1ff}])/gu;

// The number sign of Braille makes digits of the first ten letters; others only change the case.
const brailleNumber = /⠼([⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚]+)|⠠/g;

function brailleDigit(letter: string): string {
  return String('⠚⠁⠃⠉⠙⠑⠋⠛⠓⠊'.indexOf(letter));
}

// Selectors in a row stand for the bytes of a text.
const selectors = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{4,}/gu;

function textOfSelectors(run: string): string {
  const bytes = [...run].map((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return code < 0xe0000 ? code - 0xfe00 : code - 0xe0100 + 16;
  });
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  return /^[\x20-\x7e\s]*$/.test(text) ? text : '';
}
