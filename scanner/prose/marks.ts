/** Marks of meaning in a text: the places of concepts, in any language and word order. */

import { confusables } from '../../skills-index/skill/text/mixed-scripts.ts';
import { type Alphabet, alikeAlphabets, dressedAlphabets } from '../lookup-tables/alphabets.ts';
import { hiddenRanges } from '../lookup-tables/hidden-characters.ts';
import { foldWord, splitElision } from './fold-word.ts';
import { joinedWords, meaningsAt } from './lexicon.ts';
import { conceptsOfName, messageMarks } from './names.ts';
import type { Concept } from './phrases/concept.ts';

const marksPerTextMax = 5_000;

export const plainWordsCharsMax = 20_000;

export interface ProseMark {
  readonly concept: Concept;
  /** Bits of the languages in which the word has this meaning; all languages for names. */
  readonly languages: number;
  /** Counted in words; a character of a script without spaces counts as half a word. */
  readonly at: number;
  /** The number of its sentence, from 0. */
  readonly sentence: number;
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
}

interface MarkedWord {
  readonly text: string;
  readonly at: number;
  readonly sentence: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Marks in the order of the text. `text` has its white space folded (see `foldText`); the work is
 * linear in it.
 */
export function marksOf(text: string): readonly ProseMark[] {
  const words: MarkedWord[] = [];
  const marks: ProseMark[] = [];
  let at = 0;
  let sentence = 0;
  let next = 0;
  while (next < text.length) {
    const wordEnd = endOfPlainWord(text, next);
    if (wordEnd > next) {
      const word = text.slice(next, wordEnd).toLowerCase();
      words.push({ text: word, at: at++, sentence, start: next, end: wordEnd });
      next = wordEnd;
      continue;
    }
    if (beginsNothing(text, next)) {
      next++;
      continue;
    }
    piece.lastIndex = next;
    const match = piece.exec(text);
    if (match === null) break;
    const [found] = match;
    const start = match.index;
    const end = match.index + found.length;
    next = end;
    if (isLatinLetter(found.charCodeAt(0)) && !/[./@]/.test(found)) {
      for (const concept of conceptsOfName(found))
        marks.push({ concept, languages: -1, at, sentence, start, end });
      for (const text of splitElision(foldWord(found)))
        words.push({ text, at: at++, sentence, start, end });
    } else if (/^[.!?。！？\n]$/.test(found)) {
      sentence++;
    } else if (clauseBreak.test(found)) {
      at += clauseBreakWords;
    } else if (joinedScript.test(found)) {
      for (const { concept, languages, from, to } of joinedMarks(found))
        marks.push({
          concept,
          languages,
          at: at + from / 2,
          sentence,
          start: start + from,
          end: start + to,
        });
      at += found.length / 2;
    } else {
      const named = conceptsOfName(found);
      for (const concept of named) marks.push({ concept, languages: -1, at, sentence, start, end });
      for (const text of named.includes('url') ? [''] : splitElision(foldWord(found)))
        words.push({ text, at: at++, sentence, start, end });
    }
    if (marks.length > marksPerTextMax) return marks;
  }
  for (const found of wordMarks(words)) if (marks.push(found) > marksPerTextMax) break;
  for (const { concept, form } of messageMarks)
    for (const { 0: found, index: start } of text.matchAll(form)) {
      const before = words.findLast((word) => word.start <= start);
      const place = { at: before?.at ?? 0, sentence: before?.sentence ?? 0 };
      marks.push({ concept, languages: -1, ...place, start, end: start + found.length });
    }
  return marks.sort(byPlace);
}

function byPlace(a: ProseMark, b: ProseMark): number {
  return a.start - b.start || a.end - b.end;
}

const piece =
  /https?:\/\/[^\s)>"'`\]\u3000-\u30ff\uff00-\uffef\p{Script=Han}]{0,299}[^\s)>"'`\]\u3000-\u30ff\uff00-\uffef\p{Script=Han}.,;:!?]|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,80}|[~.\w$%{}*-]{0,80}\/[\w./*$%{}-]{0,199}[\w/*$%{}-]|[~$]?\.?[\w-]{1,60}(?:\.[\w-]{1,12}){1,3}\b|\.[\w-]{2,40}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]{1,400}|[\p{L}\p{N}_$]{1,60}(?:['’-][\p{L}\p{N}]{1,40}){0,3}|[.!?](?=[\s"'`)*]|$)|[。！？\n]|[;:()|→←✓❌✅⚠│├└▼•·—–；：（）]| - /gu;
// A clause separator counts as a distance of several words.
const clauseBreak = /^(?:[;:()|→←✓❌✅⚠│├└▼•·—–；：（）]| - )$/;
const clauseBreakWords = 2;
/**
 * The end of a word of ASCII letters, where `piece` would match just that word; otherwise `from`.
 * Most words are such, and `piece` tries six other forms first.
 */
function endOfPlainWord(text: string, from: number): number {
  let end = from;
  while (end - from <= plainWordCharsMax && isLatinLetter(text.charCodeAt(end))) end++;
  if (end - from > plainWordCharsMax) return from;
  const isAtEnd = endsWord(text, end) || (text[end] === '.' && endsWord(text, end + 1));
  return isAtEnd ? end : from;
}

const plainWordCharsMax = 60;

// No form goes on with such a character, and only an address has a colon before a slash.
function endsWord(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const code = text.charCodeAt(at);
  return wordEnds[code] === 1 && (code !== colon || text[at + 1] !== '/');
}

const colon = 58;
const wordEnds = flagsOf(' !"#&(),:;<=>?[\\]^`|\n');
const nothing = flagsOf(' ",\'`[]<>=#&');

// A space begins only the dash between words.
function beginsNothing(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return nothing[code] === 1 && (code !== 32 || text[at + 1] !== '-');
}

function flagsOf(characters: string): Uint8Array {
  const flags = new Uint8Array(128);
  for (const character of characters) flags[character.charCodeAt(0)] = 1;
  return flags;
}

// The most frequent case comes first.
function isLatinLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

const joinedScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

function* joinedMarks(
  text: string,
): Generator<{ concept: Concept; languages: number; from: number; to: number }> {
  for (const { words, meaningsOf } of joinedWords())
    for (const match of text.matchAll(words))
      for (const { concept, languages } of meaningsOf(match[0]))
        yield { concept, languages, from: match.index, to: match.index + match[0].length };
}

// A word in another script may be a disguised English one: both readings count.
function wordMarks(words: readonly MarkedWord[]): ProseMark[] {
  const plain = words.map((word) => word.text);
  const readings = [plain];
  if (plain.some((word) => /[^\x20-\x7e]/.test(word)))
    readings.push(plain.map((word) => inLatin(word).toLowerCase()));
  const marks: ProseMark[] = [];
  for (const [which, reading] of readings.entries())
    for (const [index, word] of words.entries()) {
      if (which > 0 && reading[index] === plain[index]) continue;
      // The French "n" stands before an apostrophe; alone it is the name of a column.
      if (word.text === 'n' && word.end - word.start === 1) continue;
      for (const { concept, languages, length } of meaningsAt(reading, index)) {
        const last = words[index + length - 1] ?? word;
        marks.push({
          concept,
          languages,
          at: word.at,
          sentence: word.sentence,
          start: word.start,
          end: last.end,
        });
      }
    }
  return marks;
}

// Text as a reader (or a model) understands it: one normalisation for every trick that hides words
// from a search. Its letters are rows of lookup-tables/alphabets.ts.

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
