/**
 * The possible subjects of a text, found in one pass over its letters. Most texts have no word that
 * a search needs, and are skipped.
 */

import { compiledPhrases } from './compiled-phrases.ts';
import { messageMarks } from './names.ts';
import { type Concept, concepts } from './phrases/concept.ts';
import { withLetter, wordStart } from './word-sum.ts';

// Looks up words letter by letter during a pass over a text, so that no word is copied.

/** The bits of one word. */
interface WordEntry {
  /** Bits of words that may continue behind it. */
  readonly open: number[];
  /** Bits of exactly this word. */
  readonly whole: number[];
}

/** The lower-case code of an ASCII letter or digit; 0 for all other characters. */
function plainLetter(code: number): number {
  return code < 128 ? (plainLetters[code] ?? 0) : 0;
}

const plainLetters = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code).toLowerCase();
  return /^[a-z0-9]$/.test(letter) ? letter.charCodeAt(0) : 0;
});

/**
 * A set of concepts, as bits. A text's set is never smaller than its content.
 */
export type Hints = Int32Array;

/** What a form needs: at least one member of each set. */
export type Needs = readonly Hints[];

/**
 * The hints of a text: `folded` by `foldText`, `latin` by `inLatin` as well. Linear in the text.
 */
export function hintsOf(folded: string, latin: string): Hints {
  const hints = new Int32Array(numbersOfHints);
  const isLong = noteWords(latin, hints);
  const isOther = !/^[\x20-\x7e]*$/.test(folded);
  if (isOther && folded !== latin) noteWords(folded, hints);
  for (const { concept, form } of messageMarks)
    if (folded.search(form) >= 0) add(hints, concepts.indexOf(concept));
  // Words that are cut, or not in plain letters, may be any word.
  if (isLong || (isOther && otherLetters.test(folded)))
    for (let bit = 0; bit < concepts.length; bit++) add(hints, bit);
  return hints;
}

/** Whether a text with these hints may have all that is needed. */
export function mayHold(hints: Hints, needs: Needs): boolean {
  for (const need of needs) if (!meets(hints, need)) return false;
  return true;
}

/** Whether two sets have a common member. */
export function meets(some: Hints, others: Hints): boolean {
  for (let at = 0; at < numbersOfHints; at++)
    if (((some[at] ?? 0) & (others[at] ?? 0)) !== 0) return true;
  return false;
}

/** The needs of a phrase: a word of each concept, or of one of several. */
export function needsOfConcepts(needs: readonly (Concept | readonly Concept[])[]): Needs {
  return needs.map((need) => {
    const hints = new Int32Array(numbersOfHints);
    for (const one of typeof need === 'string' ? [need] : need) add(hints, concepts.indexOf(one));
    return hints;
  });
}

/** The union of several sets. */
export function unionOf(all: readonly Hints[]): Hints {
  const union = new Int32Array(numbersOfHints);
  for (const hints of all)
    for (let at = 0; at < numbersOfHints; at++) union[at] = (union[at] ?? 0) | (hints[at] ?? 0);
  return union;
}

// Scripts with spaces: a letter there may be accented or disguised.
const otherLetters =
  /[[\p{L}\p{M}\p{N}]--[\0-\x7fー\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]/v;

const { characters, words } = compiledPhrases.hints;
const numbersOfHints = Math.ceil(concepts.length / 32);
const table = new Map<number, WordEntry>();
// Nearly all beginnings of words are in no table; this says so without a look-up.
const lowBits = 0xffff;
const mayBeWord = new Uint8Array(lowBits + 1);
// A number that an object does not have costs it a text and a search for that text.
const bitsOfWord = new Map<number, string>();
for (const [sum, bits] of Object.entries(words)) {
  bitsOfWord.set(Number(sum), bits);
  mayBeWord[Number(sum) & lowBits] = 1;
}

function add(hints: Hints, bit: number): void {
  hints[bit >> 5] = (hints[bit >> 5] ?? 0) | (1 << (bit & 31));
}

// Longer pieces may be cut inside a word when marks are searched.
const runCharsMax = 40;
const pieceCharsMax = 80;
const atSign = 64;
const mailBits = [concepts.indexOf('mail')];

/**
 * Notes the possible meanings of a text's runs of letters and digits; true when a piece is too long
 * to tell.
 */
function noteWords(text: string, hints: Hints): boolean {
  let isLong = false;
  let sum = wordStart;
  let from = 0;
  let pieceFrom = 0;
  let entry: WordEntry | undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = plainLetter(code);
    if (letter !== 0) {
      sum = withLetter(sum, letter);
      entry = entryOf(sum);
      if (entry !== undefined) addAll(hints, entry.open);
      continue;
    }
    if (entry !== undefined) addAll(hints, entry.whole);
    entry = undefined;
    const bits = code === atSign ? mailBits : characters[code];
    if (bits !== undefined) addAll(hints, bits);
    if (at - from >= runCharsMax) isLong = true;
    sum = wordStart;
    from = at + 1;
    if (code !== 32) continue;
    if (at - pieceFrom >= pieceCharsMax) isLong = true;
    pieceFrom = at + 1;
  }
  if (entry !== undefined) addAll(hints, entry.whole);
  return isLong || text.length - from >= runCharsMax || text.length - pieceFrom >= pieceCharsMax;
}

// Texts use few of the words, so the bits of the others stay as they are written.
function entryOf(sum: number): WordEntry | undefined {
  if (mayBeWord[sum & lowBits] === 0) return undefined;
  const known = table.get(sum);
  const written = known === undefined ? bitsOfWord.get(sum) : undefined;
  if (written === undefined) return known;
  const [open = [], whole = []] = written
    .split('/')
    .map((bits) => (bits === '' ? [] : bits.split(',').map(Number)));
  const made = { open, whole };
  table.set(sum, made);
  return made;
}

function addAll(hints: Hints, bits: readonly number[]): void {
  for (let at = 0; at < bits.length; at++) add(hints, bits[at] ?? 0);
}
