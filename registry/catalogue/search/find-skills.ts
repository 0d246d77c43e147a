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
import { skills } from '../catalogue-schema.ts';
import { isInScopes, isShown, noneHidden } from '../hidden-scopes.ts';
import { lookedUpRowsMax, lookedUpWordsMax, skillsOfWordMax } from '../limits.ts';
import { searchedIds } from '../place-skills.ts';
import { type ShownSkill, skillsByIds } from '../shown-skills.ts';
import { correctWords } from './correct-words.ts';
import { countWords, lookUpWords, newestWithAll } from './look-up-words.ts';
import { type CountedWord, rankSkills } from './rank-skills.ts';
import { queryWords } from './words.ts';

export interface SkillSearch {
  readonly query: string;
  /** Capabilities that a skill must not have. */
  readonly without?: readonly Need[];
  readonly hidden?: HiddenScopes;
  /** Only skills of these scopes; absent for all. */
  readonly scopes?: readonly Scope[] | undefined;
}

export interface FoundSkills {
  /** At most `searchCandidatesMax`, the best one first. */
  readonly skills: readonly ShownSkill[];
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
  return and(scopes === undefined ? undefined : isInScopes(scopes), isShown(hidden));
}

function isWithout(need: Need): SQL {
  const path = `$.${kindOf(need)}`;
  return sql`COALESCE(json_array_length(${skills.capabilities}, ${path}), 0) = 0`;
}
