/** Looks up words letter by letter during a pass over a text, so that no word is copied. */
import type { FirstWord } from './first-words.ts';

/** The bits of one word. */
export interface WordEntry {
  /** Bits of words that may continue behind it. */
  readonly open: number[];
  /** Bits of exactly this word. */
  readonly whole: number[];
}

/**
 * Sums letters from `start`. The sum of a word's letters finds its entry. Two words with the same
 * sum share it, which only means a needless search.
 */
export const wordStart = 0x811c9dc5 | 0;

/** The sum with one letter more (FNV-1a). Never 0, which stands for an empty slot. */
export function withLetter(sum: number, letter: number): number {
  return Math.imul(sum ^ letter, 0x01000193) | 1;
}

/** The lower-case code of an ASCII letter or digit; 0 for all other characters. */
export function plainLetter(code: number): number {
  return code < 128 ? (plainLetters[code] ?? 0) : 0;
}

const plainLetters = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code).toLowerCase();
  return /^[a-z0-9]$/.test(letter) ? letter.charCodeAt(0) : 0;
});

const slots = 16_384;

export class WordTable {
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
