/**
 * A sketch of a skill's texts by which a registry finds its near copies among very many: MinHash
 * (Broder 1997) over runs of words, by one-permutation hashing in 8 rounds of 16 bins with
 * densification (Shrivastava 2017), looked up by 32 bands of 4 values.
 */
import { mix32, type Word, wordsOf } from './words-of-text.ts';

/**
 * A similarity signature: `mh1:`, the number of different runs, `:`, and 128 values of 32 bits,
 * little-endian, in base64.
 */
export type SimilaritySignature = `mh1:${number}:${string}`;

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

const rounds = 8;
const binsPerRound = 16;
const values = rounds * binsPerRound;
const rowsPerBand = 4;
/** The number of consecutive words that form one run. */
export const wordsPerRun = 5;
const wordsMax = 200_000;
/**
 * Maximum number of characters of one file that are compared. Similar files show their similarity
 * long before this limit.
 */
export const fileCharsMax = 512 * 1024;
/**
 * Minimum number of different runs. A text with fewer runs resembles many other texts by chance.
 */
export const runsMin = 24;

/**
 * The similarity signature of a skill; undefined when the skill's texts have too few words to be
 * compared. Words after the first 200,000, and characters of a file after the first half million,
 * are ignored.
 */
export function signatureOf(files: readonly TextFile[]): SimilaritySignature | undefined {
  const runs = new Set<number>();
  let left = wordsMax;
  for (const { path, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const words = wordsOf(path, text.slice(0, fileCharsMax)).slice(0, left);
    if (left === 0) break;
    left -= words.length;
    for (const run of runsOf(words)) runs.add(run);
  }
  if (runs.size < runsMin) return undefined;
  const bytes = Buffer.alloc(values * 4);
  sketch(runs).forEach((value, index) => {
    bytes.writeUInt32LE(value, index * 4);
  });
  return `mh1:${runs.size}:${bytes.toString('base64')}`;
}

/** Hashes of the runs of words in one file, by the position of each run's first word. */
export function runsOf(words: readonly Word[]): number[] {
  const runs: number[] = [];
  for (let at = 0; at + wordsPerRun <= words.length; at++) {
    let hash = 0;
    for (let i = 0; i < wordsPerRun; i++)
      hash = Math.imul(hash ^ (words[at + i]?.hash ?? 0), 0x9e3779b1) ^ (hash >>> 15);
    runs.push(mix32(hash));
  }
  return runs;
}

const text = /^mh1:([1-9]\d{0,6}):([A-Za-z0-9+/]{683}=)$/;

/** Whether a text has the form of a signature. */
export function isSignature(value: unknown): value is SimilaritySignature {
  return typeof value === 'string' && text.test(value);
}

/**
 * The estimated fraction of runs that both skills share, from 0 to 1. The standard error is at most
 * 0.045.
 */
export function similarity(a: SimilaritySignature, b: SimilaritySignature): number {
  const left = valuesOf(a);
  const right = valuesOf(b);
  let same = 0;
  for (let i = 0; i < values; i++) if (left[i] === right[i]) same += 1;
  return same / values;
}

/**
 * The 32 band keys of a signature, integers below 2^37. Two skills with the similarity `s` share at
 * least one band key with probability 1 − (1 − s⁴)³²: 0.99 at 0.6, 0.87 at 0.5, 0.05 at 0.2.
 */
export function bandKeys(signature: SimilaritySignature): number[] {
  const all = valuesOf(signature);
  return Array.from({ length: values / rowsPerBand }, (_, band) => {
    let hash = band;
    for (let row = 0; row < rowsPerBand; row++)
      hash = mix32(Math.imul(hash, 0x9e3779b1) ^ (all[band * rowsPerBand + row] ?? 0));
    return band * 2 ** 32 + hash;
  });
}

function valuesOf(signature: SimilaritySignature): Uint32Array {
  const bytes = Buffer.from(text.exec(signature)?.[2] ?? '', 'base64');
  return Uint32Array.from({ length: values }, (_, i) =>
    bytes.length === values * 4 ? bytes.readUInt32LE(i * 4) : 0,
  );
}

// Computes the smallest hash of each bin in each round. An empty bin takes the value of another bin
// of the same round.
function sketch(runs: ReadonlySet<number>): Uint32Array {
  const found = new Uint32Array(values).fill(0xffffffff);
  const full = new Uint8Array(values);
  for (const run of runs) {
    for (let round = 0; round < rounds; round++) {
      const hash = mix32(run ^ Math.imul(round + 1, 0x9e3779b1));
      const bin = round * binsPerRound + (hash & (binsPerRound - 1));
      const value = mix32(hash ^ 0x5bd1e995);
      full[bin] = 1;
      if (value < (found[bin] ?? 0)) found[bin] = value;
    }
  }
  return found.map((value, bin) => (full[bin] === 1 ? value : (found[lender(full, bin)] ?? value)));
}

function lender(full: Uint8Array, bin: number): number {
  const first = bin - (bin % binsPerRound);
  for (let tries = 1; tries <= 1_000; tries++) {
    const other = first + (mix32(Math.imul(bin + 1, 0x85ebca6b) ^ tries) & (binsPerRound - 1));
    if (full[other] === 1) return other;
  }
  return bin;
}
