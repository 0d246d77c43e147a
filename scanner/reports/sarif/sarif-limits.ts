/**
 * GitHub refuses a SARIF file beyond its limits whole, so the least severe results are left out,
 * and the file says how many. The other limits cannot be reached: a file has one run, a rule at
 * most ten tags, and a result at most 100 steps of a flow.
 */
import { gzipSync } from 'node:zlib';
import type { Sarif } from './sarif-rules.ts';

/** The results of one run that GitHub takes. */
export const sarifResultsMax = 25_000;
/** GitHub takes 10 MB; it compresses the file anew. */
export const sarifGzipBytesMax = 9_500_000;

const levels: readonly unknown[] = ['error', 'warning', 'note'];

/** @param compose makes the file from the results that stay */
export function fitForGitHub(
  results: readonly Sarif[],
  compose: (results: readonly Sarif[]) => Sarif,
  bytesMax: number = sarifGzipBytesMax,
): Sarif {
  let kept = mostSevere(results, sarifResultsMax);
  for (;;) {
    const file = compose(kept);
    const size = gzipSize(JSON.stringify(file), bytesMax);
    if (size <= bytesMax || kept.length === 0) return file;
    kept = mostSevere(kept, Math.floor(kept.length * Math.min(0.9, bytesMax / size)));
  }
}

/** The notification for results that were left out. */
export function cutNote(kept: number, whole: number): Sarif[] {
  if (kept === whole) return [];
  const text = `This file has the ${kept} most severe of ${whole} findings, because GitHub takes no larger file. The report of the format json has all.`;
  return [{ descriptor: { id: 'cut', index: 2 }, level: 'warning', message: { text } }];
}

/** In their order; of equally severe results the first ones stay. */
function mostSevere(results: readonly Sarif[], max: number): readonly Sarif[] {
  if (results.length <= max) return results;
  const rank = ({ level }: Sarif): number => levels.indexOf(level);
  const ranked = results.map((one, at) => ({ at, rank: rank(one) }));
  ranked.sort((a, b) => a.rank - b.rank || a.at - b.at);
  const stay = new Set(ranked.slice(0, max).map(({ at }) => at));
  return results.filter((_, at) => stay.has(at));
}

// A short text, of at most three bytes a character, needs no compression to fit.
function gzipSize(text: string, bytesMax: number): number {
  return text.length * 3 <= bytesMax ? 0 : gzipSync(text).byteLength;
}
