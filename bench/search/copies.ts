/** Drops descriptions that are copies of earlier ones, whole or nearly. */
import type { Description } from './descriptions.ts';

const runLength = 5;
/** Share of the runs of characters that two near copies have in common. */
const nearlyAll = 0.7;

/**
 * The descriptions without later copies. Two descriptions are near copies when they share 70 % of
 * their runs of five characters (Jaccard), without regard to case, space and punctuation. The name
 * counts as a part of the description.
 */
export function withoutCopies(descriptions: readonly Description[]): Description[] {
  const kept: Description[] = [];
  const sizes: number[] = [];
  const holders = new Map<string, number[]>();
  for (const one of descriptions) {
    const runs = runsOf(`${one.name} ${one.description}`);
    const shared = new Map<number, number>();
    for (const run of runs)
      for (const holder of holders.get(run) ?? [])
        shared.set(holder, (shared.get(holder) ?? 0) + 1);
    const isCopy = [...shared].some(
      ([holder, count]) => count / (runs.size + (sizes[holder] ?? 0) - count) >= nearlyAll,
    );
    if (isCopy) continue;
    for (const run of runs) {
      const those = holders.get(run);
      if (those === undefined) holders.set(run, [kept.length]);
      else those.push(kept.length);
    }
    kept.push(one);
    sizes.push(runs.size);
  }
  return kept;
}

function runsOf(text: string): Set<string> {
  const plain = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const runs = new Set<string>();
  for (let at = 0; at + runLength <= plain.length; at++) runs.add(plain.slice(at, at + runLength));
  return runs.size === 0 ? new Set([plain]) : runs;
}
