/** Finds the words of names that somebody may have meant by words that no skill has. */
import { sql } from 'drizzle-orm';
import type { Registry } from '../../context.ts';
import { correctionRowsMax, correctionsMax, searchedWordsMax } from '../limits.ts';
import { countWords, isAmongIds, rowsAmong, type SearchedSkills } from './look-up-words.ts';
import type { CountedWord } from './rank-skills.ts';
import { variantsOf } from './words.ts';

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
  const variants = unknown.flatMap(({ word }) =>
    variantsOf(word).map((variant) => ({ variant, word })),
  );
  if (variants.length === 0) return { corrected: {}, words: [] };
  // Otherwise words of hidden names could fill the limit, and their number would show.
  const isShown =
    among.shown === undefined
      ? sql``
      : sql` WHERE EXISTS (SELECT 1 FROM ${rowsAmong(among)} WHERE "skill_words" MATCH '"' || "name_words"."word" || '"'${isAmongIds(among)})`;
  const pairs = await registry.db.read.all<{ readonly typed: string; readonly word: string }>(
    sql`SELECT typed.value ->> 'word' AS typed, "name_words"."word" AS word FROM json_each(${JSON.stringify(variants)}) AS typed CROSS JOIN "name_words" ON "name_words"."variant" = typed.value ->> 'variant'${isShown} LIMIT ${correctionRowsMax}`,
  );
  const near = [...new Set(pairs.map(({ word }) => word))].slice(0, searchedWordsMax);
  const known = await countWords(registry, near, among);
  const counts = new Map(known.map((one) => [one.word, one]));
  const chosen = Map.groupBy(pairs, ({ typed }) => typed)
    .entries()
    .map(([typed, those]) => {
      // One pair for each variant that the two words share.
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
