/** How good a ranking is, by graded labels: 2 is for the task, 1 does the task too, 0 does not. */
import { randomOf } from '../../test/fuzz/random.ts';

/** The grade of each relevant description by its digest. All others count as 0. */
export type Grades = ReadonlyMap<string, number>;

/**
 * Normalized discounted cumulative gain of the first `depth` places (Järvelin, Kekäläinen 2002),
 * with the gain 2^grade − 1: 1 for the best possible order.
 */
export function ndcgAt(depth: number, ranked: readonly string[], grades: Grades): number {
  const best = [...grades.values()].toSorted((a, b) => b - a);
  const ideal = gainOf(best.slice(0, depth));
  const reached = gainOf(topOf(depth, ranked).map((digest) => grades.get(digest) ?? 0));
  return ideal === 0 ? 0 : reached / ideal;
}

/** The share of the relevant descriptions that the first `depth` places have. */
export function recallAt(depth: number, ranked: readonly string[], grades: Grades): number {
  const relevant = [...grades.values()].filter((grade) => grade > 0).length;
  const found = topOf(depth, ranked).filter((digest) => (grades.get(digest) ?? 0) > 0).length;
  return relevant === 0 ? 0 : found / relevant;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const rounds = 2_000;
const seed = 61;

/** The 95 % interval of a mean by the bootstrap (percentiles). The same values, the same interval. */
export function intervalOf(values: readonly number[]): [low: number, high: number] {
  const means = Array.from({ length: rounds }, (_, round) => {
    const random = randomOf(seed, round);
    return meanOf(values.map(() => random.pick(values)));
  }).toSorted((a, b) => a - b);
  const at = (share: number): number => means[Math.round(share * (rounds - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/**
 * Cohen's kappa of two judges (Cohen 1960): 1 when they always agree, 0 when they agree as often
 * as chance does.
 */
export function kappaOf(pairs: readonly (readonly [number, number])[]): number {
  const alike = pairs.filter(([first, second]) => first === second).length / pairs.length;
  const share = (judge: 0 | 1, grade: number): number =>
    pairs.filter((pair) => pair[judge] === grade).length / pairs.length;
  const byChance = [...new Set(pairs.flat())].reduce(
    (sum, grade) => sum + share(0, grade) * share(1, grade),
    0,
  );
  return byChance === 1 ? 1 : (alike - byChance) / (1 - byChance);
}

// A ranking that names a description twice gains nothing by the second time.
function topOf(depth: number, ranked: readonly string[]): string[] {
  return [...new Set(ranked)].slice(0, depth);
}

function gainOf(grades: readonly number[]): number {
  return grades.reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0);
}
