/**
 * Asks a registry for the skills of a task. Nothing in the answer is signed, so only names are
 * taken from it, with counts and corrected words for people. A registry that lies can hide skills
 * and change their order.
 */
import * as v from 'valibot';
import { peek } from '../../skills-index/client/peek.ts';
import { parseSkillName, type Scope, type SkillName } from '../../skills-index/skill/name.ts';
import { type Need, needs } from '../../skills-index/skill/needs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { nearest } from '../../skills-index/skill/text/nearest.ts';
import { askRegistry, type RegistryWorld } from '../registries/registry-api.ts';

/** Other spellings of one word that a search compares. */
export const correctionsMax = 20;

/** How long a registry may take to find skills. */
const searchSecondsMax = 10;

/** Characters of a task, reason or input from an agent. */
export const taskCharsMax = 2_000;

/** Characters of a task in the address of a search. */
const taskUrlCharsMax = 8_000;

/** What to look for. */
interface RegistryQuery {
  readonly task: string;
  /** What a skill must not ask for. */
  readonly without: readonly Need[];
  /** The results that are asked for, and taken from the answer. */
  readonly limit: number;
  /** Absent for all scopes. */
  readonly scopes?: readonly Scope[];
}

export interface RegistryFindings {
  /** Each once, in the registry's order. */
  readonly names: readonly SkillName[];
  /** Results without the name of a skill. */
  readonly nameless: number;
  /** The registry's own counts, over all of its results. */
  readonly total: number;
  readonly needs: Readonly<Partial<Record<Need, number>>>;
  /** Words of the task that no skill has, each with similar words that were looked up instead. */
  readonly corrected: Readonly<Record<string, readonly string[]>>;
}

const counted = v.pipe(v.number(), v.integer(), v.minValue(0));

// Only counts of needs that this host knows, and corrections of words of the task, are read: a
// registry could send any number of others.
const countedNeeds = v.looseObject(
  Object.fromEntries(needs.map((need) => [need, v.exactOptional(counted)])),
);

const searchAnswer = v.looseObject({
  // One bad result does not hide the others.
  results: v.array(v.unknown()),
  facets: v.optional(v.looseObject({ total: counted, needs: v.optional(countedNeeds, {}) })),
  corrected: v.optional(v.looseObject({}), {}),
});

const similarWords = v.array(v.string());

const named = v.looseObject({ name: v.string() });

/** @throws Problem `usage` for a task without words or a long one, and as `askRegistry` */
export async function searchRegistry(
  world: RegistryWorld,
  { task, without, limit, scopes }: RegistryQuery,
): Promise<RegistryFindings> {
  requireTask(task);
  const query = new URLSearchParams({ q: task, limit: String(limit) });
  if (without.length > 0) query.set('without', without.join(','));
  if (scopes !== undefined) query.set('scopes', scopes.join(','));
  const answer = await askRegistry(world, `/api/v1/search?${query}`, searchAnswer, {
    seconds: searchSecondsMax,
  });
  const results = answer.results.slice(0, limit).map(nameOf);
  const names = results.flatMap((name) => name ?? []);
  const { facets } = answer;
  return {
    names: [...new Set(names)],
    nameless: results.length - names.length,
    total: facets?.total ?? results.length,
    needs: Object.fromEntries(
      needs.flatMap((need) => {
        const count = facets?.needs[need];
        return count === undefined ? [] : [[need, count]];
      }),
    ),
    corrected: correctedIn(task, answer.corrected),
  };
}

function requireTask(task: string): void {
  // A server refuses an address of more than 16 KiB, and does not say why.
  const isLong = new URLSearchParams({ task }).toString().length > taskUrlCharsMax;
  if (!isLong && /[\p{L}\p{N}]/u.test(task) && task.length <= taskCharsMax) return;
  throw new Problem(
    'usage',
    `Cannot search: the task ${isLong || task.length > taskCharsMax ? 'is too long' : 'has no word'}`,
    { hint: 'name the task in a sentence: skillgate search "read invoices from mail"' },
  );
}

function nameOf(result: unknown): SkillName | undefined {
  const parsed = v.safeParse(named, result);
  return parsed.success ? peek(() => parseSkillName(parsed.output.name)) : undefined;
}

/**
 * Only similar words for words of the task: nothing else is a corrected spelling. Of a long list
 * the rest is not compared, or a registry could keep this host busy for half a minute.
 */
function correctedIn(
  task: string,
  corrected: Readonly<Record<string, unknown>>,
): RegistryFindings['corrected'] {
  const words = new Set(task.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  return Object.fromEntries(
    [...words].flatMap((word) => {
      const given = Object.hasOwn(corrected, word) ? corrected[word] : [];
      const first = Array.isArray(given) ? given.slice(0, correctionsMax) : [];
      const others = v.safeParse(similarWords, first);
      const similar = others.success ? nearest(word, others.output.filter(isWord)) : [];
      return similar.length > 0 ? [[word, similar]] : [];
    }),
  );
}

const isWord = (text: string): boolean => /^[\p{L}\p{N}]+$/u.test(text);
