/**
 * Finds skills for a task. FTS5 proposes skills by the rarest words of the query, and
 * `rankSkills` orders them by all of its words.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../../../skills-index/skill/name.ts';
import { kindOf, type Need } from '../../../skills-index/skill/needs.ts';
import type { Registry } from '../../context.ts';
import type { HiddenScopes } from '../../readers/may-read.ts';
import { skills } from '../plugin-packages.ts';
import {
  allIds,
  type IdRange,
  isInScopes,
  isVisible,
  noneHidden,
  searchedIds,
  skillsByIds,
  type VisibleSkill,
} from '../visible-skills.ts';
import {
  type CountedWord,
  type FoundPlace,
  nameWeight,
  nearWords,
  queryWords,
  rankSkills,
  rarityOf,
  searchedWordsMax,
} from './rank-skills.ts';

const lookedUpRowsMax = 6_000;

/** The rarest words of a query, which are looked up. */
const lookedUpWordsMax = 8;

/**
 * A word that more skills have is not looked up, and is not counted further: looking it up would
 * take longer the more skills there are.
 */
const skillsOfWordMax = 2_000;

/** Words that one statement counts, and rows that one statement looks up for all words together. */
const countedAtOnce = 2;

/** Ranges of ids in which one statement of a search looks up words. */
const rangesSearchedAtOnce = 16;

/** Skills that a search orders by all words of a query. */
const searchCandidatesMax = 200;

/** Unknown words that a search corrects: each takes up to 1.4 ms of processor time. */
const correctedWordsMax = 8;

/** Pairs of an unknown word and a word of names that one search reads. */
const correctionRowsMax = 200;

/** Words of names that take the place of one unknown word. */
const correctionsMax = 3;

interface SkillSearch {
  readonly query: string;
  /** Capabilities that a skill must not have. */
  readonly without?: readonly Need[];
  readonly hidden?: HiddenScopes;
  /** Only skills of these scopes; absent for all. */
  readonly scopes?: readonly Scope[] | undefined;
}

interface FoundSkills {
  /** At most `searchCandidatesMax`, the best one first. */
  readonly skills: readonly VisibleSkill[];
  /** Words of the query that no skill has, with the words of names that were looked up instead. */
  readonly corrected: Readonly<Record<string, readonly string[]>>;
}

/** Skills that a word may have to be looked up, and rows that all words together may have. */
interface LookUpLimits {
  readonly skillsOfWord: number;
  readonly rows: number;
}

const lookUpLimits: LookUpLimits = { skillsOfWord: skillsOfWordMax, rows: lookedUpRowsMax };

/** Finds skills whose words a query has. A query without a word that counts finds nothing. */
export async function findSkills(
  registry: Registry,
  { query, without = [], hidden = noneHidden, scopes }: SkillSearch,
  limits = lookUpLimits,
): Promise<FoundSkills> {
  const shown = conditionOf(hidden, scopes);
  const among = { ids: await searchedIds(registry, hidden), shown };
  const counted = await countWords(registry, queryWords(query), among);
  const unknown = counted.filter(({ skills: number }) => number === 0);
  const { corrected, words: instead } = await correctWords(registry, unknown, among);
  const words = [...counted.filter(({ skills: number }) => number > 0), ...instead].toSorted(
    (a, b) => a.skills - b.skills,
  );
  if (words.length === 0) return { skills: [], corrected };
  const lookedUp = rarest(words, limits);
  const wanted = { ...among, shown: and(shown, ...without.map(isWithout)) };
  const found = await (lookedUp.length === 0
    ? newestWithAll(registry, words, wanted)
    : lookUpWords(registry, lookedUp, wanted));
  await nextTurn();
  const candidates = (await skillsByIds(registry, [...found.keys()])).map(({ id, ...skill }) => ({
    skill,
    has: (word: string) => found.get(id)?.get(word),
  }));
  await nextTurn();
  const others = words.filter((word) => !lookedUp.includes(word));
  const ranked = rankSkills(candidates, { lookedUp, others });
  return { skills: ranked, corrected };
}

/** As many of the rarest words as may be looked up, so that a search reads a bounded part. */
function rarest(words: readonly CountedWord[], most: LookUpLimits): CountedWord[] {
  let rows = 0;
  return words.slice(0, lookedUpWordsMax).filter(({ skills: number }) => {
    rows += number;
    return number <= most.skillsOfWord && rows <= most.rows;
  });
}

/** Undefined where everything is shown, so that no row is read for the condition. */
function conditionOf(hidden: HiddenScopes, scopes: SkillSearch['scopes']): SQL | undefined {
  return and(scopes === undefined ? undefined : isInScopes(scopes), isVisible(hidden));
}

function isWithout(need: Need): SQL {
  const path = `$.${kindOf(need)}`;
  return sql`COALESCE(json_array_length(${skills.capabilities}, ${path}), 0) = 0`;
}

// Counts and looks up words in the full-text index. Each statement reads a bounded number of rows,
// and other requests get a turn between two statements.

/** Words and where a skill has each. */
type PlacesOfWords = ReadonlyMap<string, FoundPlace>;

/** The skills among which words are looked up. */
interface SearchedSkills {
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
async function countWords(
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
async function lookUpWords(
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
async function newestWithAll(
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
function partsOf({ ids, shown }: SearchedSkills): readonly SearchedSkills[] {
  if (ids === undefined) return [{ ids, shown }];
  const parts: SearchedSkills[] = [];
  for (let from = 0; from < ids.length; from += rangesSearchedAtOnce)
    parts.push({ ids: ids.slice(from, from + rangesSearchedAtOnce), shown });
  return parts;
}

/** What follows FROM. Without a condition, the rows of skills are not read. */
function rowsAmong({ ids, shown }: SearchedSkills): SQL {
  const ranges =
    ids === undefined ? sql`` : sql`json_each(${JSON.stringify(ids)}) AS ids CROSS JOIN `;
  const rows =
    shown === undefined
      ? sql``
      : sql` CROSS JOIN ${skills} ON ${skills.id} = "skill_words".rowid AND ${shown}`;
  return sql`${ranges}"skill_words"${rows}`;
}

/** What follows a condition on words. FTS5 goes to the first id of a range at once. */
function isAmongIds({ ids }: SearchedSkills): SQL {
  if (ids === undefined) return sql``;
  return sql` AND "skill_words".rowid BETWEEN ids.value ->> 'from' AND ids.value ->> 'to'`;
}

// Finds the words of names that somebody may have meant by words that no skill has.

/** What to look up instead of words that no skill has. */
interface Corrections {
  /** The words, each with at most `correctionsMax` others. */
  readonly corrected: Readonly<Record<string, readonly string[]>>;
  readonly words: readonly CountedWord[];
}

/**
 * Words of names that differ from unknown words by one character.
 * @param among the skills whose names count
 */
async function correctWords(
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
