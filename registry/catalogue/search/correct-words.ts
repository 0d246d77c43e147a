/** Finds the words of names that somebody may have meant by words that no skill has. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Registry } from '../../context.ts';
import {
  correctedWordsMax,
  correctionRowsMax,
  correctionsMax,
  searchedWordsMax,
} from '../limits.ts';
import {
  countWords,
  isAmongIds,
  partsOf,
  rowsAmong,
  type SearchedSkills,
} from './look-up-words.ts';
import type { CountedWord } from './rank-skills.ts';
import { nearWords } from './words.ts';

/** What to look up instead of words that no skill has. */
export interface Corrections {
  /** The words, each with at most `correctionsMax` others. */
  readonly corrected: Readonly<Record<string, readonly string[]>>;
  readonly words: readonly CountedWord[];
}

/**
 * Words of names that differ from unknown words by one character.
 * @param among the skills whose names count
 */
export async function correctWords(
  registry: Registry,
  unknown: readonly CountedWord[],
  among: SearchedSkills,
): Promise<Corrections> {
  const pairs = await pairsOf(
    registry,
    unknown.slice(0, correctedWordsMax).map(({ word }) => word),
    among,
  );
  if (pairs.length === 0) return { corrected: {}, words: [] };
  const near = [...new Set(pairs.map(({ word }) => word))].slice(0, searchedWordsMax);
  const known = await countWords(registry, near, among);
  const counts = new Map(known.map((one) => [one.word, one]));
  const chosen = Map.groupBy(pairs, ({ typed }) => typed)
    .entries()
    .map(([typed, those]) => {
      // One pair for each part of the catalogue in which a name has the word.
      const words = [...new Set(those.flatMap(({ word }) => counts.get(word) ?? []))];
      const shownWords = words.filter(({ skills: number }) => number > 0);
      return [
        typed,
        shownWords.toSorted((a, b) => b.skills - a.skills).slice(0, correctionsMax),
      ] as const;
    })
    .filter(([, words]) => words.length > 0)
    .toArray();
  const corrected = Object.fromEntries(
    chosen.map(([typed, words]) => [typed, words.map(({ word }) => word)]),
  );
  return { corrected, words: [...new Set(chosen.flatMap(([, words]) => words))] };
}

interface Pair {
  readonly typed: string;
  readonly word: string;
}

/**
 * Words and the words of names that are near them, at most `correctionRowsMax` pairs. Many names
 * may be near one word, and each is looked up, so one statement asks for one word.
 */
async function pairsOf(
  { db }: Registry,
  words: readonly string[],
  among: SearchedSkills,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const typed of words) {
    const near = nearWords(typed);
    if (near.length === 0) continue;
    for (const part of partsOf(among)) {
      // Otherwise words of hidden names could fill the limit, and their number would show.
      const isShown =
        part.shown === undefined
          ? sql``
          : sql` WHERE EXISTS (SELECT 1 FROM ${rowsAmong(part)} WHERE "skill_words" MATCH '"' || "name_words"."word" || '"'${isAmongIds(part)})`;
      const found = await db.read.all<Pick<Pair, 'word'>>(
        sql`SELECT "name_words"."word" AS word FROM json_each(${JSON.stringify(near)}) AS near CROSS JOIN "name_words" ON "name_words"."word" = near.value${isShown} LIMIT ${correctionRowsMax - pairs.length}`,
      );
      pairs.push(...found.map(({ word }) => ({ typed, word })));
      await nextTurn();
      if (pairs.length >= correctionRowsMax) return pairs;
    }
  }
  return pairs;
}
