/**
 * The words of a text, as the search looks them up. FTS5 folds and stems them itself, so that both
 * sides agree without a second stemmer.
 */
import { searchedWordsMax, wordCharsMax } from '../limits.ts';
import { stopWords } from './stop-words.ts';

/** The words of a text in their order, without marks and in lower case. */
export function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return folded.match(/[\p{L}\p{N}]+/gu)?.filter(({ length }) => length <= wordCharsMax) ?? [];
}

/** The different words of a query that say what it is about, at most `searchedWordsMax`. */
export function queryWords(query: string): string[] {
  const words = new Set(wordsOf(query).filter((word) => !stopWords.has(word)));
  return [...words].slice(0, searchedWordsMax);
}

const variedCharsMin = 4;

/**
 * A word and each form that lacks one of its characters. Two words that differ by one missing,
 * added, replaced or swapped character share a variant (the method of SymSpell), so that a lookup
 * by key finds a typo in a vocabulary of any size.
 */
export function variantsOf(word: string): string[] {
  const chars = [...word];
  if (chars.length < variedCharsMin) return [];
  return [...new Set([word, ...chars.map((_, at) => chars.toSpliced(at, 1).join(''))])];
}

/** The words of a skill's short name with their variants, by which a search finds a typo. */
export function variantsOfName(
  shortName: string,
): { readonly variant: string; readonly word: string }[] {
  return [...new Set(wordsOf(shortName))].flatMap((word) =>
    variantsOf(word).map((variant) => ({ variant, word })),
  );
}
