/** The tables of the search benchmark: what each ranker reaches on the labelled queries. */
import { printTable } from '../detection.ts';
import type { Description } from './descriptions.ts';
import { intervalOf, kappaOf, meanOf, ndcgAt, recallAt } from './measures.ts';
import {
  gradesOf,
  type Half,
  isJudged,
  type LabelledQuery,
  passesOf,
  readQueries,
} from './queries.ts';
import { rankers } from './rankers.ts';

/** What one ranker reached on one query. */
interface Outcome {
  readonly kind: string;
  readonly ndcg: number;
  readonly recall: number;
  /** The share of the first five places whose descriptions were judged for the query. */
  readonly judged: number;
}

/** One ranker on the queries of one half, in the order of the file. */
interface Reached {
  readonly half: Half;
  readonly ranker: string;
  readonly outcomes: readonly Outcome[];
}

/** @param halves the halves to print: a table of the frozen half belongs to the end of the work */
export async function compareRankers(
  descriptions: readonly Description[],
  halves: readonly Half[],
): Promise<string> {
  const searches = rankers.map(({ name, index }) => ({ name, search: index(descriptions) }));
  const reached: Reached[] = [];
  for (const half of halves)
    for (const { name, search } of searches) {
      const outcomes: Outcome[] = [];
      for (const one of readQueries(half)) outcomes.push(outcomeOf(one, await search(one.query)));
      reached.push({ half, ranker: name, outcomes });
    }
  const passes = passesOf(halves.flatMap(readQueries));
  const above = passes.filter(([one, other]) => one + other > 0);
  return [
    `${descriptions.length} descriptions`,
    `${passes.length} judgements, each made twice: ${alikeOf(passes)} alike, Cohen's kappa ${kappaOf(passes).toFixed(2)}`,
    `${above.length} of them above 0 in one pass at least: ${alikeOf(above)} alike`,
    '',
    byRanker(reached),
    '',
    'The open half by kind of query, nDCG@5 / recall@10:',
    '',
    byKind(reached.filter(({ half }) => half === 'open')),
  ].join('\n');
}

function outcomeOf(query: LabelledQuery, ranked: readonly string[]): Outcome {
  const grades = gradesOf(query);
  const top = ranked.slice(0, 5);
  const judged = top.filter((digest) => isJudged(query, digest)).length;
  return {
    kind: query.kind,
    ndcg: ndcgAt(5, ranked, grades),
    recall: recallAt(10, ranked, grades),
    judged: top.length === 0 ? 1 : judged / top.length,
  };
}

function byRanker(reached: readonly Reached[]): string {
  const rows = reached.map(({ half, ranker, outcomes }) => {
    const first = reached.find((one) => one.half === half);
    const gains = outcomes.map(({ ndcg }, at) => ndcg - (first?.outcomes[at]?.ndcg ?? 0));
    return [
      half,
      ranker,
      String(outcomes.length),
      withInterval(outcomes.map(({ ndcg }) => ndcg)),
      first?.ranker === ranker ? '–' : withInterval(gains),
      withInterval(outcomes.map(({ recall }) => recall)),
      `${(100 * meanOf(outcomes.map(({ judged }) => judged))).toFixed(0)} %`,
    ];
  });
  return printTable(
    ['half', 'ranker', 'queries', 'nDCG@5', 'nDCG@5 less FTS5’s', 'recall@10', 'judged of top 5'],
    rows,
  );
}

function byKind(reached: readonly Reached[]): string {
  const kinds = Map.groupBy(reached[0]?.outcomes ?? [], ({ kind }) => kind);
  const rows = [...kinds].map(([kind, { length }]) => [
    kind,
    String(length),
    ...reached.map(({ outcomes }) => {
      const those = outcomes.filter((one) => one.kind === kind);
      const ndcg = meanOf(those.map((one) => one.ndcg));
      const recall = meanOf(those.map((one) => one.recall));
      return `${ndcg.toFixed(2)} / ${recall.toFixed(2)}`;
    }),
  ]);
  return printTable(['kind', 'queries', ...reached.map(({ ranker }) => ranker)], rows);
}

function alikeOf(passes: readonly (readonly [number, number])[]): string {
  const alike = passes.filter(([one, other]) => one === other).length;
  return `${((100 * alike) / passes.length).toFixed(1)} %`;
}

function withInterval(values: readonly number[]): string {
  const [low, high] = intervalOf(values);
  return `${meanOf(values).toFixed(3)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}
