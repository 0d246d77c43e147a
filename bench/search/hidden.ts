/** What a search takes among 100,000 skills, most of them hidden from the person who searches. */

import { findSkills } from '../../registry/catalogue/search/find-skills.ts';
import { queryWords } from '../../registry/catalogue/search/rank-skills.ts';
import { noneHidden, placeSome } from '../../registry/catalogue/visible-skills.ts';
import type { Registry } from '../../registry/context.ts';
import type { HiddenScopes } from '../../registry/readers/may-read.ts';
import { Readers } from '../../registry/readers/readers.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { printTable } from '../detection.ts';
import { cpuMs, quantile } from '../measure.ts';
import { TurnWatch } from '../registry/longest-turn.ts';
import { registryWith } from './described-registry.ts';
import type { Description } from './descriptions.ts';
import { readQueries } from './queries.ts';

type Described = Pick<Description, 'digest' | 'name' | 'description'>;

const generatedSkills = 100_000;
/** The numbers of words of the queries that have the commonest words only. */
const commonestWords = [8, 32];
const placedAtOnce = 10_000;

/** One public scope, and nine private ones. Each has a tenth of the skills. */
const scopes = 'abcdefghij'.split('').map((letter) => parseScope(`scope-${letter}`));
const privateScopes = scopes.slice(1);

/** The scopes that are hidden from whoever may read these private scopes. */
export const hiddenFrom: Readonly<Record<string, HiddenScopes>> = {
  everything: noneHidden,
  'one of nine private scopes': { scopes: privateScopes.slice(1), only: false },
  'no private scope': { scopes: privateScopes, only: false },
};

/** @param descriptions real ones: each generated skill has the halves of two of them */
export async function measureHidden(descriptions: readonly Description[]): Promise<string> {
  const generated = generateSkills(descriptions, generatedSkills);
  const registry = await registryWithPrivate(generated);
  const queries = [...readQueries('open').map(({ query }) => query), ...commonQueries(generated)];
  const searchAll = async (hidden: HiddenScopes): Promise<number[]> => {
    const taken: number[] = [];
    for (const query of queries)
      taken.push(await cpuMs(() => findSkills(registry, { query, hidden })));
    return taken;
  };
  const rows: string[][] = [];
  for (const [who, hidden] of Object.entries(hiddenFrom)) {
    // The first searches compile code, and fill the caches of the database.
    await searchAll(hidden);
    const taken = await searchAll(hidden);
    const watch = new TurnWatch();
    watch.start();
    await searchAll(hidden);
    const longest = watch.longest();
    watch.stop();
    rows.push([
      who,
      ...[0.5, 0.99, 1].map((q) => printMs(quantile(taken, q))),
      printMs(longest.own),
    ]);
  }
  const head = ['who searches may read', 'CPU p50', 'p99', 'longest', 'longest turn'];
  return [
    `${generated.length} generated descriptions, ${queries.length} queries`,
    '',
    printTable(head, rows),
  ].join('\n');
}

/** A registry of skills, nine tenths of them in private scopes, with the ids of their scopes. */
export async function registryWithPrivate(skills: readonly Described[]): Promise<Registry> {
  const file = { schema: 'skillgate.readers/1' as const, private: [...privateScopes], readers: [] };
  const readers = new Readers(file, '', () => undefined);
  const registry = { ...registryWith(skills, (at) => scopes[at % scopes.length] ?? ''), readers };
  while (await placeSome(registry, placedAtOnce));
  return registry;
}

/** Skills whose descriptions have the halves of two of the given ones. */
export function generateSkills(descriptions: readonly Described[], number: number): Described[] {
  const one = (at: number): Described => {
    const found = descriptions[at % descriptions.length];
    if (found === undefined) throw new Error('No descriptions');
    return found;
  };
  return Array.from({ length: number }, (_, at) => {
    // Another pair in each round over the descriptions.
    const first = one(at);
    const second = one(at + 1 + Math.floor(at / descriptions.length));
    const [begin] = halvesOf(first.description);
    const [, end] = halvesOf(second.description);
    return { digest: String(at), name: first.name, description: `${begin} ${end}` };
  });
}

function halvesOf(text: string): readonly [string, string] {
  const words = text.split(' ');
  const middle = Math.ceil(words.length / 2);
  return [words.slice(0, middle).join(' '), words.slice(middle).join(' ')];
}

function commonQueries(descriptions: readonly Described[]): string[] {
  const counts = new Map<string, number>();
  for (const { description } of descriptions)
    for (const word of new Set(description.toLowerCase().match(/\p{L}+/gu)))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  const common = [...counts]
    .filter(([word]) => queryWords(word).length > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([word]) => word);
  return commonestWords.map((number) => common.slice(0, number).join(' '));
}

function printMs(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
