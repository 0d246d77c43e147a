/** What a text may speak of, told by one pass over its letters: most texts hold no word that a search needs, and are spared it. */
import { type FirstWord, neededWords } from './first-words.ts';
import { tellingWordsOf } from './lexicon.ts';
import { type Concept, concepts } from './models/phrases/concept.ts';
import { searchedPatterns } from './models/searched-patterns.ts';
import { plainLetter, type WordEntry, WordTable, withLetter, wordStart } from './word-table.ts';

/** A set of concepts and of sets of words, as bits. Of a text: never less than what stands there. */
export type Hints = Int32Array;

/** What a form needs: something of each. */
export type Needs = readonly Hints[];

/** The hints of a text: `folded` by `foldText`, `latin` by `inLatin` as well. Linear in it. */
export function hintsOf(folded: string, latin: string): Hints {
  const hints = new Int32Array(numbersOfHints);
  const isLong = noteWords(latin, hints);
  const isOther = !/^[\x20-\x7e]*$/.test(folded);
  if (isOther && folded !== latin) noteWords(folded, hints);
  // Words that are cut, or not written in plain letters, may be any.
  if (isLong || (isOther && otherLetters.test(folded))) for (let bit = 0; bit < concepts.length; bit++) add(hints, bit);
  return hints;
}

/** Whether a text with these hints may hold what is needed. */
export function mayHold(hints: Hints, needs: Needs): boolean {
  for (const need of needs) if (!meets(hints, need)) return false;
  return true;
}

/** Whether two sets have anything in common. */
export function meets(some: Hints, others: Hints): boolean {
  for (let at = 0; at < numbersOfHints; at++) if (((some[at] ?? 0) & (others[at] ?? 0)) !== 0) return true;
  return false;
}

/** What a phrase needs: a word of each concept, or of one of several. */
export function needsOfConcepts(needs: readonly (Concept | readonly Concept[])[]): Needs {
  return needs.map((need) => hintsWith((typeof need === 'string' ? [need] : need).map((one) => concepts.indexOf(one))));
}

/** What a pattern needs; undefined when it is to be tried on every text. */
export function needsOfPattern(pattern: RegExp): Needs | undefined {
  return patternNeeds.get(pattern);
}

/** All of several sets. */
export function unionOf(all: readonly Hints[]): Hints {
  const union = new Int32Array(numbersOfHints);
  for (const one of all) for (let at = 0; at < numbersOfHints; at++) union[at] = (union[at] ?? 0) | (one[at] ?? 0);
  return union;
}

const otherLetters = /[[\p{L}\p{M}\p{N}]--[\0-\x7f]]/v;

// The bits behind those of the concepts are of sets of words, equal sets of one bit.
const sets = new Map<string, readonly FirstWord[]>();
const setsOfPatterns = searchedPatterns.map((pattern): [RegExp, string[]] => [pattern, neededWords(pattern).map(named)]);
const setNames = [...sets.keys()];
const numbersOfHints = Math.ceil((concepts.length + setNames.length) / 32);
const patternNeeds = new Map<RegExp, Needs>(
  setsOfPatterns.flatMap(([pattern, names]): [RegExp, Needs][] =>
    names.length === 0 ? [] : [[pattern, names.map((name) => hintsWith([concepts.length + setNames.indexOf(name)]))]],
  ),
);
const table = tableOfWords();

function named(words: readonly FirstWord[]): string {
  const name = words
    .map(({ text, open }) => `${text}${open ? '*' : ''}`)
    .sort()
    .join(' ');
  sets.set(name, words);
  return name;
}

function hintsWith(bits: readonly number[]): Hints {
  const hints = new Int32Array(numbersOfHints);
  for (const bit of bits) add(hints, bit);
  return hints;
}

function add(hints: Hints, bit: number): void {
  hints[bit >> 5] = (hints[bit >> 5] ?? 0) | (1 << (bit & 31));
}

// Longer pieces may be cut in the middle of a word when marks are looked for.
const runCharsMax = 40;
const pieceCharsMax = 80;
const signs: ReadonlyMap<number, readonly Concept[]> = new Map([
  [46, ['secret-file', 'memory-file'] as const], // .
  [47, ['secret-file', 'memory-file'] as const], // /
  [58, ['url'] as const], // :
  [64, ['mail'] as const], // @
]);

/** Notes what the runs of letters and digits of a text may be; true when one of its pieces is too long to tell. */
function noteWords(text: string, hints: Hints): boolean {
  let [isLong, sum, run, piece] = [false, wordStart, 0, 0];
  let entry: WordEntry | undefined;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = plainLetter(code);
    if (letter !== 0) {
      sum = withLetter(sum, letter);
      entry = table.at(sum);
      if (entry !== undefined) for (const bit of entry.open) add(hints, bit);
      run++;
      piece++;
      continue;
    }
    if (entry !== undefined) for (const bit of entry.whole) add(hints, bit);
    for (const concept of signs.get(code) ?? []) add(hints, concepts.indexOf(concept));
    isLong ||= run >= runCharsMax || piece >= pieceCharsMax;
    sum = wordStart;
    run = 0;
    entry = undefined;
    piece = code === 32 ? 0 : piece + 1;
  }
  if (entry !== undefined) for (const bit of entry.whole) add(hints, bit);
  return isLong || run >= runCharsMax || piece >= pieceCharsMax;
}

function tableOfWords(): WordTable {
  const words = new WordTable();
  for (const [index, concept] of concepts.entries()) for (const word of tellingWordsOf(concept)) words.put(word, index);
  for (const [index, name] of setNames.entries())
    for (const word of sets.get(name) ?? []) words.put(word, concepts.length + index);
  return words;
}
