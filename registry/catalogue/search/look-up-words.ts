/**
 * Counts and looks up words in the full-text index. Each statement reads a bounded number of rows,
 * and other requests get a turn between two statements.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import type { Registry } from '../../context.ts';
import { skills } from '../catalogue-schema.ts';
import {
  countedAtOnce,
  rangesSearchedAtOnce,
  searchCandidatesMax,
  skillsOfWordMax,
} from '../limits.ts';
import { allIds, type IdRange } from '../skill-ids.ts';
import { type CountedWord, type FoundPlace, nameWeight, rarityOf } from './rank-skills.ts';

/** Words and where a skill has each. */
export type PlacesOfWords = ReadonlyMap<string, FoundPlace>;

/** The skills among which words are looked up. */
export interface SearchedSkills {
  /** The ids that are read, no id twice; undefined for all ids. */
  readonly ids: readonly IdRange[] | undefined;
  /** A condition on rows of `skills`; undefined for all rows. */
  readonly shown: SQL | undefined;
}

interface FoundRow {
  readonly id: number;
  readonly bits: number;
  readonly weight: number;
}

/** Counts the skills that have each of some words, up to one more than is looked up. */
export async function countWords(
  { db }: Registry,
  words: readonly string[],
  among: SearchedSkills,
): Promise<CountedWord[]> {
  const counts = new Map(words.map((word) => [word, 0]));
  for (let at = 0; at < words.length; at += countedAtOnce)
    for (const part of partsOf(among)) {
      const some = words
        .slice(at, at + countedAtOnce)
        .filter((word) => (counts.get(word) ?? 0) <= skillsOfWordMax);
      const rows = await db.read.all<CountedWord>(
        sql`SELECT words.value AS word, (SELECT count(*) FROM (SELECT 1 FROM ${rowsAmong(part)} WHERE "skill_words" MATCH '"' || words.value || '"'${isAmongIds(part)} LIMIT ${skillsOfWordMax + 1})) AS skills FROM json_each(${JSON.stringify(some)}) AS words`,
      );
      for (const { word, skills: more } of rows)
        counts.set(word, Math.min((counts.get(word) ?? 0) + more, skillsOfWordMax + 1));
      await nextTurn();
    }
  return [...counts].map(([word, number]) => ({ word, skills: number }));
}

/**
 * The skills with most of some words, a rare word counting more: the ids of their rows, and where
 * each has which word.
 * @param words at most 15
 */
export async function lookUpWords(
  { db }: Registry,
  words: readonly CountedWord[],
  among: SearchedSkills,
): Promise<ReadonlyMap<number, PlacesOfWords>> {
  const looks = words.flatMap((word, at) => {
    const weight = rarityOf(word);
    const inName = { match: `{name} : "${word.word}"`, weight: weight * (nameWeight - 1) };
    return [
      { match: `"${word.word}"`, weight, bit: 1 << (2 * at) },
      { ...inName, bit: 2 << (2 * at) },
    ];
  });
  const best: FoundRow[] = [];
  for (const part of partsOf(among)) {
    best.push(
      ...(await db.read.all<FoundRow>(
        sql`SELECT id, sum(bit) AS bits, sum(weight) AS weight FROM (SELECT "skill_words".rowid AS id, looks.value ->> 'weight' AS weight, looks.value ->> 'bit' AS bit FROM json_each(${JSON.stringify(looks)}) AS looks CROSS JOIN ${rowsAmong(part)} WHERE "skill_words" MATCH looks.value ->> 'match'${isAmongIds(part)}) GROUP BY id ORDER BY sum(weight) DESC, id LIMIT ${searchCandidatesMax}`,
      )),
    );
    await nextTurn();
  }
  // All looks for one skill are in one part, so the best of all are among the best of each.
  const rows = best
    .toSorted((a, b) => b.weight - a.weight || a.id - b.id)
    .slice(0, searchCandidatesMax);
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

/**
 * The newest rows of skills that have all of some words, some from each range of ids. No order is
 * computed over all skills.
 */
export async function newestWithAll(
  { db }: Registry,
  words: readonly CountedWord[],
  { ids = allIds, shown }: SearchedSkills,
): Promise<ReadonlyMap<number, PlacesOfWords>> {
  const match = words.map(({ word }) => `"${word}"`).join(' AND ');
  const found = new Map<number, PlacesOfWords>();
  for (const [at, { from, to }] of ids.entries()) {
    // Numbers reach D1 as floating-point numbers, which FTS5 does not take for ids.
    const isInRange = sql`"skill_words".rowid BETWEEN CAST(${from} AS INTEGER) AND CAST(${to} AS INTEGER)`;
    // What a range leaves is for the ranges behind it.
    const limit = Math.ceil((searchCandidatesMax - found.size) / (ids.length - at));
    const rows = await db.read.all<{ readonly id: number }>(
      sql`SELECT "skill_words".rowid AS id FROM ${rowsAmong({ ids: undefined, shown })} WHERE "skill_words" MATCH ${match} AND ${isInRange} ORDER BY "skill_words".rowid DESC LIMIT ${limit}`,
    );
    for (const { id } of rows) found.set(id, new Map());
    await nextTurn();
  }
  return found;
}

/**
 * The same skills in parts of few ranges. A lookup goes to each range, so one statement over all
 * ranges of somebody who may read many private scopes would keep other requests waiting.
 */
export function partsOf({ ids, shown }: SearchedSkills): readonly SearchedSkills[] {
  if (ids === undefined) return [{ ids, shown }];
  const parts: SearchedSkills[] = [];
  for (let from = 0; from < ids.length; from += rangesSearchedAtOnce)
    parts.push({ ids: ids.slice(from, from + rangesSearchedAtOnce), shown });
  return parts;
}

/** What follows FROM. Without a condition, the rows of skills are not read. */
export function rowsAmong({ ids, shown }: SearchedSkills): SQL {
  const ranges =
    ids === undefined ? sql`` : sql`json_each(${JSON.stringify(ids)}) AS ids CROSS JOIN `;
  const rows =
    shown === undefined
      ? sql``
      : sql` CROSS JOIN ${skills} ON ${skills.id} = "skill_words".rowid AND ${shown}`;
  return sql`${ranges}"skill_words"${rows}`;
}

/** What follows a condition on words. FTS5 goes to the first id of a range at once. */
export function isAmongIds({ ids }: SearchedSkills): SQL {
  if (ids === undefined) return sql``;
  return sql` AND "skill_words".rowid BETWEEN ids.value ->> 'from' AND ids.value ->> 'to'`;
}
