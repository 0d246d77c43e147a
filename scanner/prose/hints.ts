/**
 * The possible subjects of a text, found in one pass over its letters. Most texts have no word that
 * a search needs, and are skipped.
 */

import { conceptsByCharacter, tellingWordsOf } from './lexicon.ts';
import {
  actsOnDecoded,
  approvalOrders,
  approvalSwitches,
  baits,
  biases,
  concealments,
  decodesText,
  destructions,
  diversions,
  exfiltrations,
  forgedBoundaries,
  frequentSolicitations,
  introducesBlob,
  madeInstructions,
  memoryOrders,
  overrides,
  plantings,
  propagations,
  remoteInstructionForms,
  secretReplies,
  solicitations,
  toScanners,
  weakenings,
} from './lures.ts';
import { type FirstWord, neededWords, tellingWordsOfNames } from './names.ts';
import { type Concept, concepts } from './phrases/concept.ts';

// The patterns that rules match against every text: texts without their required words are skipped.

export const searchedPatterns: readonly RegExp[] = [
  actsOnDecoded,
  approvalSwitches,
  decodesText,
  introducesBlob,
  madeInstructions,
  toScanners,
  ...approvalOrders,
  ...baits,
  ...biases,
  ...concealments,
  ...destructions,
  ...diversions,
  ...exfiltrations,
  ...forgedBoundaries,
  ...frequentSolicitations,
  ...memoryOrders,
  ...overrides,
  ...plantings,
  ...propagations,
  ...remoteInstructionForms,
  ...secretReplies,
  ...solicitations,
  ...weakenings,
];

// Looks up words letter by letter during a pass over a text, so that no word is copied.

/** The bits of one word. */
interface WordEntry {
  /** Bits of words that may continue behind it. */
  readonly open: number[];
  /** Bits of exactly this word. */
  readonly whole: number[];
}

/**
 * Sums letters from `start`. The sum of a word's letters finds its entry. Two words with the same
 * sum share it, which only means a needless search.
 */
const wordStart = 0x811c9dc5 | 0;

/** The sum with one letter more (FNV-1a). Never 0, which stands for an empty slot. */
function withLetter(sum: number, letter: number): number {
  return Math.imul(sum ^ letter, 0x01000193) | 1;
}

/** The lower-case code of an ASCII letter or digit; 0 for all other characters. */
function plainLetter(code: number): number {
  return code < 128 ? (plainLetters[code] ?? 0) : 0;
}

const plainLetters = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code).toLowerCase();
  return /^[a-z0-9]$/.test(letter) ? letter.charCodeAt(0) : 0;
});

const slots = 16_384;

class WordTable {
  readonly #sums = new Int32Array(slots);
  readonly #entries: (WordEntry | undefined)[] = Array.from({ length: slots }, () => undefined);

  /** Adds a bit to a word. */
  put({ text, open }: FirstWord, bit: number): void {
    let sum = wordStart;
    for (let at = 0; at < text.length; at++) sum = withLetter(sum, text.charCodeAt(at));
    let slot = slotOf(sum);
    while (this.#sums[slot] !== 0 && this.#sums[slot] !== sum) slot = (slot + 1) % slots;
    this.#sums[slot] = sum;
    const entry = this.#entries[slot] ?? { open: [], whole: [] };
    this.#entries[slot] = entry;
    const bits = open ? entry.open : entry.whole;
    if (!bits.includes(bit)) bits.push(bit);
  }

  /** The entry of the summed letters. */
  at(sum: number): WordEntry | undefined {
    let slot = slotOf(sum);
    for (let found = this.#sums[slot]; found !== 0; found = this.#sums[slot]) {
      if (found === sum) return this.#entries[slot];
      slot = (slot + 1) % slots;
    }
    return undefined;
  }
}

function slotOf(sum: number): number {
  return (sum >>> 16) % slots;
}

/**
 * A set of concepts and of sets of words, as bits. A text's set is never smaller than its content.
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

/** The hints of many texts side by side: one pass finds the texts with a member of a set. */
export class HintsOfTexts {
  readonly #all: Int32Array;

  constructor(texts: readonly Hints[]) {
    this.#all = new Int32Array(texts.length * numbersOfHints);
    for (const [index, hints] of texts.entries()) this.#all.set(hints, index * numbersOfHints);
  }

  /** The texts with a member of the set, by their place. */
  having(wanted: Hints): readonly number[] {
    const found: number[] = [];
    const all = this.#all;
    for (let text = 0; text * numbersOfHints < all.length; text++)
      for (let at = 0; at < numbersOfHints; at++)
        if (((all[text * numbersOfHints + at] ?? 0) & (wanted[at] ?? 0)) !== 0) {
          found.push(text);
          break;
        }
    return found;
  }
}

/** The needs of a phrase: a word of each concept, or of one of several. */
export function needsOfConcepts(needs: readonly (Concept | readonly Concept[])[]): Needs {
  return needs.map((need) =>
    hintsWith(
      (typeof need === 'string' ? [need] : need).map((concept) => concepts.indexOf(concept)),
    ),
  );
}

/** The needs of a pattern; undefined when every text has to be searched. */
export function needsOfPattern(pattern: RegExp): Needs | undefined {
  return patternNeeds.get(pattern);
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

// The bits behind those of the concepts stand for sets of words; equal sets share a bit.
const sets = new Map<string, readonly FirstWord[]>();
const setsOfPatterns = searchedPatterns.map((pattern): [RegExp, string[]] => [
  pattern,
  neededWords(pattern).map(named),
]);
const setNames = [...sets.keys()];
const numbersOfHints = Math.ceil((concepts.length + setNames.length) / 32);
const patternNeeds = new Map<RegExp, Needs>(
  setsOfPatterns.flatMap(([pattern, names]): [RegExp, Needs][] =>
    names.length === 0
      ? []
      : [[pattern, names.map((name) => hintsWith([concepts.length + setNames.indexOf(name)]))]],
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

// Longer pieces may be cut inside a word when marks are searched.
const runCharsMax = 40;
const pieceCharsMax = 80;
const signs: Readonly<Record<string, readonly Concept[]>> = { '@': ['mail'] };
const signBits = Array.from({ length: 128 }, (_, code) =>
  signs[String.fromCharCode(code)]?.map((concept) => concepts.indexOf(concept)),
);

const joinedBits = new Map(
  [...conceptsByCharacter()].map(([code, meant]) => [
    code,
    [...new Set(meant)].map((concept) => concepts.indexOf(concept)),
  ]),
);

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
      entry = table.at(sum);
      if (entry !== undefined) addAll(hints, entry.open);
      continue;
    }
    if (entry !== undefined) addAll(hints, entry.whole);
    entry = undefined;
    const bits = code < 128 ? signBits[code] : joinedBits.get(code);
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

function addAll(hints: Hints, bits: readonly number[]): void {
  for (let at = 0; at < bits.length; at++) add(hints, bits[at] ?? 0);
}

function tableOfWords(): WordTable {
  const words = new WordTable();
  for (const [index, concept] of concepts.entries())
    for (const word of [...tellingWordsOf(concept), ...tellingWordsOfNames(concept)])
      words.put(word, index);
  for (const [index, name] of setNames.entries())
    for (const word of sets.get(name) ?? []) words.put(word, concepts.length + index);
  return words;
}
