/**
 * Chooses the descriptions that a person judges for a query. Retrievers of several kinds propose
 * candidates, so that the labels favour none of them.
 */
import { createHash } from 'node:crypto';
import type { Description } from './descriptions.ts';
import { miniSearch, plainFts5, type Ranker, type Searched } from './rankers.ts';

/** The number of candidates of each retriever. */
const depths = { words: 5, openings: 4, trigrams: 4, neighbours: 8, chance: 2 };

/**
 * The digests to judge for a query, in an order that does not tell who proposed them: the drawn
 * description and its neighbours, the best ones by words, by the words below the front matter and
 * by trigrams, and some by chance.
 */
export function proposer(
  descriptions: readonly Description[],
): (drawn: string, query: string) => string[] {
  const byFts5 = plainFts5.index(descriptions);
  const byMiniSearch = miniSearch.index(descriptions);
  const byOpenings = plainFts5.index(
    descriptions.map((one) => ({ ...one, description: one.opening })),
  );
  const bySpelling = trigrams.index(descriptions);
  const digests = descriptions.map(({ digest }) => digest);
  return (drawn, query) => {
    const origin = descriptions.find(({ digest }) => digest === drawn);
    if (origin === undefined) throw new Error(`No description ${drawn}`);
    const proposed = [
      drawn,
      ...byFts5(query).slice(0, depths.words),
      ...byMiniSearch(query).slice(0, depths.words),
      ...byOpenings(query).slice(0, depths.openings),
      ...bySpelling(query).slice(0, depths.trigrams),
      ...byFts5(`${origin.name} ${origin.description}`).slice(0, depths.neighbours),
      ...shuffled(`chance:${query}`, digests).slice(0, depths.chance),
    ];
    return shuffled(`order:${query}`, [...new Set(proposed)]);
  };
}

/** The items in an order that depends on the seed only. The draw of descriptions has `draw`. */
export function shuffled(seed: string, items: readonly string[]): string[] {
  const hashed = items.map((item): [string, string] => [
    createHash('sha256').update(`${seed}:${item}`).digest('hex'),
    item,
  ]);
  return hashed.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/** Cosine of the weights of runs of three characters: finds what is spelt alike. */
const trigrams = {
  name: 'trigrams',
  index: (descriptions: readonly Searched[]) => {
    const documents = descriptions.map(({ name, description }) =>
      countsOf(`${name} ${description}`),
    );
    const holders = new Map<string, number>();
    for (const counts of documents)
      for (const run of counts.keys()) holders.set(run, (holders.get(run) ?? 0) + 1);
    const weighed = (counts: Map<string, number>): Map<string, number> => {
      const weights = [...counts].map(([run, count]): [string, number] => [
        run,
        (1 + Math.log(count)) * Math.log(documents.length / (holders.get(run) ?? Infinity) || 1),
      ]);
      const length = Math.hypot(...weights.map(([, weight]) => weight)) || 1;
      return new Map(weights.map(([run, weight]) => [run, weight / length]));
    };
    const vectors = documents.map(weighed);
    return (query: string) => {
      const asked = [...weighed(countsOf(query))];
      const scores = vectors.map((vector, at): [number, string] => [
        asked.reduce((sum, [run, weight]) => sum + weight * (vector.get(run) ?? 0), 0),
        descriptions[at]?.digest ?? '',
      ]);
      return scores.toSorted(([a], [b]) => b - a).map(([, digest]) => digest);
    };
  },
} satisfies Ranker;

function countsOf(text: string): Map<string, number> {
  const plain = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  const counts = new Map<string, number>();
  for (let at = 0; at + 3 <= plain.length; at++) {
    const run = plain.slice(at, at + 3);
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}
