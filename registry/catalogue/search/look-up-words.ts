/**
 * Counts and looks up words in the full-text index. Each statement reads a bounded number of rows,
 * and other requests get a turn between two statements.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import type { Registry } from '../../context.ts';
import { skills } from '../catalogue-schema.ts';
import { countedAtOnce, searchCandidatesMax, skillsOfWordMax } from '../limits.ts';
import { type CountedWord, type FoundPlace, nameWeight, rarityOf } from './rank-skills.ts';

/** Words and where a skill has each. */
export type PlacesOfWords = ReadonlyMap<string, FoundPlace>;

/**
 * Counts the skills that have each of some words, up to one more than is looked up.
 * @param shown the skills that count; undefined for all
 */
export async function countWords(
  { db }: Registry,
  words: readonly string[],
  shown: SQL | undefined,
): Promise<CountedWord[]> {
  const only =
    shown === undefined
      ? sql``
      : sql`CROSS JOIN ${skills} ON ${skills.id} = "skill_words".rowid AND ${shown}`;
  const counted: CountedWord[] = [];
  for (let at = 0; at < words.length; at += countedAtOnce) {
    const some = JSON.stringify(words.slice(at, at + countedAtOnce));
    counted.push(
      ...(await db.read.all<CountedWord>(
        sql`SELECT words.value AS word, (SELECT count(*) FROM (SELECT 1 FROM "skill_words" ${only} WHERE "skill_words" MATCH '"' || words.value || '"' LIMIT ${skillsOfWordMax + 1})) AS skills FROM json_each(${some}) AS words`,
      )),
    );
    await nextTurn();
  }
  return counted;
}

/**
 * The skills with most of some words, a rare word counting more: the ids of their rows, and where
 * each has which word.
 * @param words at most 15
 */
export async function lookUpWords(
  { db }: Registry,
  words: readonly CountedWord[],
  conditions: readonly SQL[],
): Promise<ReadonlyMap<number, PlacesOfWords>> {
  const looks = words.flatMap((word, at) => {
    const weight = rarityOf(word);
    const inName = { match: `{name} : "${word.word}"`, weight: weight * (nameWeight - 1) };
    return [
      { match: `"${word.word}"`, weight, bit: 1 << (2 * at) },
      { ...inName, bit: 2 << (2 * at) },
    ];
  });
  const rows = await db.read.all<{ readonly id: number; readonly bits: number }>(
    sql`SELECT id, sum(bit) AS bits FROM (SELECT "skill_words".rowid AS id, looks.value ->> 'weight' AS weight, looks.value ->> 'bit' AS bit FROM json_each(${JSON.stringify(looks)}) AS looks CROSS JOIN "skill_words" ${joined(conditions)} WHERE "skill_words" MATCH looks.value ->> 'match') GROUP BY id ORDER BY sum(weight) DESC, id LIMIT ${searchCandidatesMax}`,
  );
  return new Map(
    rows.map(({ id, bits }) => [
      id,
      new Map(
        words.flatMap(({ word }, at) => {
          const found = (bits >> (2 * at)) & 3;
          return found === 0 ? [] : [[word, found > 1 ? 'name' : 'description'] as const];
        }),
      ),
    ]),
  );
}

/** The newest rows of skills that have all of some words. No order is computed over all skills. */
export async function newestWithAll(
  { db }: Registry,
  words: readonly CountedWord[],
  conditions: readonly SQL[],
): Promise<ReadonlyMap<number, PlacesOfWords>> {
  const match = words.map(({ word }) => `"${word}"`).join(' AND ');
  const rows = await db.read.all<{ readonly id: number }>(
    sql`SELECT "skill_words".rowid AS id FROM "skill_words" ${joined(conditions)} WHERE "skill_words" MATCH ${match} ORDER BY "skill_words".rowid DESC LIMIT ${searchCandidatesMax}`,
  );
  return new Map(rows.map(({ id }) => [id, new Map()]));
}

// Without a condition, the row of a skill is not read.
function joined(conditions: readonly SQL[]): SQL {
  if (conditions.length === 0) return sql``;
  return sql`CROSS JOIN ${skills} ON ${skills.id} = "skill_words".rowid AND ${sql.join([...conditions], sql` AND `)}`;
}
