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

const correctedCharsMin = 4;
/** The characters of the words in names. */
const nameChars = [...'abcdefghijklmnopqrstuvwxyz0123456789'];

/**
 * The words of names that differ from a word by one missing, added, replaced or swapped character,
 * whether there is such a name or not. The database has no row for a typo: a search asks for some
 * 70 keys for each character of the typed word, whatever the size of the vocabulary.
 */
export function nearWords(typed: string): string[] {
  const chars = [...typed];
  if (chars.length < correctedCharsMin) return [];
  const near = new Set<string>();
  for (let at = 0; at <= chars.length; at++) {
    const before = chars.slice(0, at).join('');
    const [one = '', two = ''] = chars.slice(at, at + 2);
    const fromNext = chars.slice(at + 1).join('');
    near.add(before + fromNext);
    near.add(before + two + one + chars.slice(at + 2).join(''));
    for (const char of nameChars) {
      near.add(before + char + one + fromNext);
      near.add(before + char + fromNext);
    }
  }
  return [...near].filter((word) => word !== typed && word.length >= correctedCharsMin);
}

/** The words of a skill's short name by which a search finds a typo. */
export function correctedWordsOf(shortName: string): string[] {
  const words = new Set(wordsOf(shortName));
  return [...words].filter(({ length }) => length >= correctedCharsMin);
}
