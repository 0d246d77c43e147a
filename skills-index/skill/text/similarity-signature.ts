/**
 * A sketch of a skill's texts by which a registry finds its near copies among very many: MinHash
 * (Broder 1997) over runs of words, by one-permutation hashing in 8 rounds of 16 bins with
 * densification (Shrivastava 2017). A registry keeps the lowest byte of each value (Li & König
 * 2010), and looks up 21 bands of 3 values.
 */
import { mix32, type Word, wordsOf } from './words-of-text.ts';

/**
 * A similarity signature: `mh1:`, the number of different runs, `:`, and 128 values of 32 bits,
 * little-endian, in base64.
 */
export type SimilaritySignature = `mh1:${number}:${string}`;

/** What a registry keeps of a signature: the lowest byte of each value, 128 bytes. */
export type Sketch = Uint8Array;

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

const rounds = 8;
const binsPerRound = 16;
const values = rounds * binsPerRound;
const bands = 21;
/** Values of a band stand so far apart, in different rounds. */
const bandStride = 42;
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
  smallestHashes(runs).forEach((value, index) => {
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

export function sketchOf(signature: SimilaritySignature): Sketch {
  return Uint8Array.from(valuesOf(signature), (value) => value & 0xff);
}

/** The 128 values of a signature; fewer for a text of another form. */
export function valuesOf(signature: SimilaritySignature): readonly number[] {
  const bytes = Buffer.from(text.exec(signature)?.[2] ?? '', 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(index * 4));
}

/** Of 256 pairs of bytes that stand for different values, one is the same by chance. */
const sameByChance = 1 / 256;

/**
 * The estimated fraction of runs that both skills share, from 0 to 1. The standard error is at most
 * 0.045. From 77 equal values of 128 on, the estimate is at least 0.6.
 */
export function similarity(a: Sketch, b: Sketch): number {
  let same = 0;
  for (let i = 0; i < values; i++) if (a[i] === b[i]) same += 1;
  return Math.max(0, (same / values - sameByChance) / (1 - sameByChance));
}

/**
 * The 21 band keys of a sketch, integers below 2^29: the number of the band, and three bytes. Two
 * skills with the similarity `s` share at least one band key with probability 1 − (1 − s³)²¹: 0.99
 * at 0.6, 0.94 at 0.5, 0.16 at 0.2.
 */
export function bandKeys(sketch: Sketch): number[] {
  return Array.from({ length: bands }, (_, band) =>
    [band, band + bandStride, band + 2 * bandStride].reduce(
      (key, at) => key * 256 + (sketch[at] ?? 0),
      band,
    ),
  );
}

// Computes the smallest hash of each bin in each round. An empty bin takes the value of another bin
// of the same round.
function smallestHashes(runs: ReadonlySet<number>): Uint32Array {
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
