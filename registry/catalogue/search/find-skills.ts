/**
 * Finds skills for a task. FTS5 proposes skills by the rarest words of the query, and
 * `rankSkills` orders them by all of its words.
 */
import { type SQL, sql } from 'drizzle-orm';
import { kindOf, type Need } from '../../../skills-index/skill/needs.ts';
import type { Registry } from '../../context.ts';
import type { HiddenScopes } from '../../readers/may-read.ts';
import { skills } from '../catalogue-schema.ts';
import {
  correctionRowsMax,
  correctionsMax,
  lookedUpWordsMax,
  searchCandidatesMax,
  skillsOfWordMax,
} from '../limits.ts';
import { type ShownSkill, skillsByIds } from '../shown-skills.ts';
import { type CountedWord, rankSkills } from './rank-skills.ts';
import { queryWords, variantsOf } from './words.ts';

export interface SkillSearch {
  readonly query: string;
  /** Capabilities that a skill must not have. */
  readonly without?: readonly Need[];
  readonly hidden?: HiddenScopes;
}

export interface FoundSkills {
  /** At most `searchCandidatesMax`, the best one first. */
  readonly skills: readonly ShownSkill[];
  /** Words of the query that no skill has, with the words of names that were looked up instead. */
  readonly corrected: Readonly<Record<string, readonly string[]>>;
}

const noneHidden: HiddenScopes = { scopes: [], only: false };

/** Finds skills whose words a query has. A query without a word that counts finds nothing. */
export async function findSkills(
  registry: Registry,
  { query, without = [], hidden = noneHidden }: SkillSearch,
): Promise<FoundSkills> {
  const shown = conditionOf(hidden);
  const counted = await countWords(registry, queryWords(query), shown);
  const unknown = counted.filter(({ skills: number }) => number === 0);
  const { corrected, words: instead } = await correct(registry, unknown, shown);
  const words = [...counted.filter(({ skills: number }) => number > 0), ...instead].toSorted(
    (a, b) => a.skills - b.skills,
  );
  if (words.length === 0) return { skills: [], corrected };
  const lookedUp = words
    .filter(({ skills: number }) => number <= skillsOfWordMax)
    .slice(0, lookedUpWordsMax);
  const proposed = await propose(registry, { words, lookedUp }, [
    ...(shown === undefined ? [] : [shown]),
    ...without.map(isWithout),
  ]);
  const ranks = new Map(proposed.map(({ id, rank }) => [id, rank]));
  const candidates = (await skillsByIds(registry, [...ranks.keys()])).map(({ id, ...skill }) => ({
    skill,
    rank: ranks.get(id) ?? 0,
  }));
  const [size] = await registry.db.read.all<{ readonly rows: number | null }>(
    sql`SELECT max(${skills.id}) AS rows FROM ${skills}`,
  );
  const others = words.filter((word) => !lookedUp.includes(word));
  const ranked = rankSkills(candidates, others, size?.rows ?? 0);
  return { skills: ranked.map(({ skill }) => skill), corrected };
}

/** Undefined where everything is shown, so that no row is read for the condition. */
function conditionOf({ scopes, only }: HiddenScopes): SQL | undefined {
  if (scopes.length === 0 && !only) return undefined;
  const listed = sql`(SELECT value FROM json_each(${JSON.stringify(scopes)}))`;
  return only ? sql`${skills.scope} IN ${listed}` : sql`${skills.scope} NOT IN ${listed}`;
}

function isWithout(need: Need): SQL {
  const path = `$.${kindOf(need)}`;
  return sql`COALESCE(json_array_length(${skills.capabilities}, ${path}), 0) = 0`;
}

/** Counts the skills that have each of some words, up to one more than is looked up. */
async function countWords(
  { db }: Registry,
  words: readonly string[],
  shown: SQL | undefined,
): Promise<CountedWord[]> {
  if (words.length === 0) return [];
  const only =
    shown === undefined
      ? sql``
      : sql`CROSS JOIN ${skills} ON ${skills.id} = "skill_words".rowid AND ${shown}`;
  return db.read.all<CountedWord>(
    sql`SELECT words.value AS word, (SELECT count(*) FROM (SELECT 1 FROM "skill_words" ${only} WHERE "skill_words" MATCH '"' || words.value || '"' LIMIT ${skillsOfWordMax + 1})) AS skills FROM json_each(${JSON.stringify(words)}) AS words`,
  );
}

/** Words of names that differ from unknown words by one character. */
async function correct(
  registry: Registry,
  unknown: readonly CountedWord[],
  shown: SQL | undefined,
): Promise<Pick<FoundSkills, 'corrected'> & { readonly words: readonly CountedWord[] }> {
  const variants = unknown.flatMap(({ word }) =>
    variantsOf(word).map((variant) => ({ variant, word })),
  );
  if (variants.length === 0) return { corrected: {}, words: [] };
  const pairs = await registry.db.read.all<{ readonly typed: string; readonly word: string }>(
    sql`SELECT typed.value ->> 'word' AS typed, "name_words"."word" AS word FROM json_each(${JSON.stringify(variants)}) AS typed CROSS JOIN "name_words" ON "name_words"."variant" = typed.value ->> 'variant' LIMIT ${correctionRowsMax}`,
  );
  const known = await countWords(registry, [...new Set(pairs.map(({ word }) => word))], shown);
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

/**
 * The skills to order. Where each word is one that very many skills have, no order is computed over
 * all of them: those that have all of the words are taken, the newest rows first.
 */
async function propose(
  { db }: Registry,
  { words, lookedUp }: Readonly<Record<'words' | 'lookedUp', readonly CountedWord[]>>,
  conditions: readonly SQL[],
): Promise<{ readonly id: number; readonly rank: number }[]> {
  const isCommon = lookedUp.length === 0;
  const match = (isCommon ? words : lookedUp)
    .map(({ word }) => `"${word}"`)
    .join(isCommon ? ' AND ' : ' OR ');
  const where = conditions.map((condition) => sql` AND ${condition}`);
  const order = isCommon ? sql`"skill_words".rowid DESC` : sql`"skill_words".rank`;
  const rank = isCommon ? sql`0` : sql`"skill_words".rank`;
  return db.read.all(
    sql`SELECT "skill_words".rowid AS id, ${rank} AS rank FROM "skill_words" CROSS JOIN ${skills} ON ${skills.id} = "skill_words".rowid WHERE "skill_words" MATCH ${match}${sql.join(where)} ORDER BY ${order} LIMIT ${searchCandidatesMax}`,
  );
}
