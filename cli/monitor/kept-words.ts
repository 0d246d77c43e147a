/** The statements that a replay remembers, and the sums over what is kept of them. */
import * as v from 'valibot';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { exactObject } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { digest, logIndex, type Shape } from '../../skills-index/statement/field-shapes.ts';
import { emptySums, type KeptSums, sumWith } from './sums.ts';

/** A statement that a replay remembers. */
export interface KeptWord {
  readonly logIndex: number;
  readonly address: Digest;
  /**
   * The Sigstore bundle: base64 of its canonical bytes; absent for a verification summary, of which
   * the version is enough.
   */
  readonly bundle?: string;
  /** Package URL of a version that got a verification summary. */
  readonly verdict?: string;
}

export const wordsShape: Shape<readonly KeptWord[]> = v.array(
  exactObject({
    logIndex,
    address: digest,
    bundle: v.exactOptional(v.string()),
    verdict: v.exactOptional(v.string()),
  }),
);

/** The sum over these words alone. */
export function sumOfWords(words: readonly KeptWord[]): string {
  return sumWith(emptySums.words, words.map(printWord));
}

/** The sums with more words and addresses. */
export function sumsWith(
  sums: KeptSums,
  words: readonly KeptWord[],
  found: readonly { readonly logIndex: number; readonly address: Digest }[],
): KeptSums {
  return {
    words: sumWith(sums.words, words.map(printWord)),
    addresses: sumWith(
      sums.addresses,
      found.map(({ logIndex: index, address }) => printAddress(index, address)),
    ),
  };
}

/** The part of a word in the sum over all words. */
export const printWord = (word: KeptWord): string => canonicalJson(word);
/** The part of an address in the sum over all addresses. */
export const printAddress = (index: number, address: Digest): string => `${index} ${address}`;
