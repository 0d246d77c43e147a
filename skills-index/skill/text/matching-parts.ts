/** Finds the equal parts of two skills, to be shown side by side. */

/** A range of lines in one file. Both lines are counted from 1, and both belong to the range. */
export interface PartPlace {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

export interface MatchingPart {
  readonly a: PartPlace;
  readonly b: PartPlace;
  /** The number of consecutive words that are equal in both skills. */
  readonly words: number;
}

const wordsMin = 12;
/** Maximum number of places in the other skill that are tried for one run of words. */
const placesMax = 8;

interface FileWords {
  readonly path: string;
  readonly words: readonly Word[];
}

interface RunPlace {
  readonly file: FileWords;
  readonly at: number;
}

/**
 * The longest equal parts of two skills, the longest first. Each word of `a` is in at most one
 * part.
 */
export function matchingParts(
  a: readonly TextFile[],
  b: readonly TextFile[],
  partsMax = 12,
): MatchingPart[] {
  const places = placesOf(b.map(wordsIn));
  return a
    .map(wordsIn)
    .flatMap((file) => partsOf(file, places))
    .sort((x, y) => y.words - x.words || (x.a.path < y.a.path ? -1 : 1) || x.a.from - y.a.from)
    .slice(0, partsMax);
}

function wordsIn({ path, text }: TextFile): FileWords {
  return { path, words: wordsInFile(path, text.slice(0, fileCharsMax)) };
}

function placesOf(files: readonly FileWords[]): ReadonlyMap<number, readonly RunPlace[]> {
  const places = new Map<number, RunPlace[]>();
  for (const file of files) {
    runsOf(file.words).forEach((run, at) => {
      const known = places.get(run);
      if (known === undefined) places.set(run, [{ file, at }]);
      else if (known.length < placesMax) known.push({ file, at });
    });
  }
  return places;
}

// The search for equal parts skips matched words, so that each place is tried a bounded number of
// times.
function partsOf(
  file: FileWords,
  places: ReadonlyMap<number, readonly RunPlace[]>,
): MatchingPart[] {
  const runs = runsOf(file.words);
  const parts: MatchingPart[] = [];
  for (let at = 0; at < runs.length; ) {
    const start = at;
    const found = (places.get(runs[at] ?? 0) ?? [])
      .map((place) => ({ place, words: sharedWords(file.words, start, place) }))
      .reduce<{ place: RunPlace; words: number } | undefined>(
        (best, one) => (one.words > (best?.words ?? 0) ? one : best),
        undefined,
      );
    if (found !== undefined && found.words >= wordsMin) {
      const { place, words } = found;
      parts.push({ a: placeOf(file, at, words), b: placeOf(place.file, place.at, words), words });
    }
    at += Math.max(1, found === undefined ? 1 : found.words - wordsPerRun + 1);
  }
  return parts;
}

function sharedWords(words: readonly Word[], at: number, { file, at: other }: RunPlace): number {
  let length = 0;
  while (
    at + length < words.length &&
    other + length < file.words.length &&
    words[at + length]?.hash === file.words[other + length]?.hash
  )
    length += 1;
  return length;
}

function placeOf({ path, words }: FileWords, at: number, length: number): PartPlace {
  return { path, from: words[at]?.line ?? 1, to: words[at + length - 1]?.line ?? 1 };
}

// Reads texts as sequences of words, so that a copy has the same words as its original. Comments,
// white space and signs that formatters move are left out. Names that a program gives to its own
// variables and functions are left out, too.

interface Word {
  /** The word's hash: 32 bits, unsigned. */
  readonly hash: number;
  /** The word's line, counted from 1. */
  readonly line: number;
}

/**
 * The words of one file, in order. Files that many skills share have no words: skill.json, lock
 * files and licences.
 */
export function wordsInFile(path: string, text: string): Word[] {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (/^(skill\.json|package-lock\.json|(licen[cs]e|copying|notice)(\.\w{1,8})?)$/.test(name))
    return [];
  const extension = /\.(\w{1,12})$/.exec(name)?.[1] ?? '';
  return /^(md|markdown|mdx|txt|rst|)$/.test(extension)
    ? proseWords(text, name === 'skill.md')
    : codeWords(text, extension);
}

// All repetitions in these patterns are bounded or end with the line, because the texts may be
// hostile.
const prosePattern = /\n|[\p{L}\p{N}]{1,200}/gu;
// Matches lines of front matter that a copy under another name changes.
const ownLine = /^(name|version|author|homepage|license)[ \t]*:/;

function proseWords(text: string, isSkillMd: boolean): Word[] {
  const words: Word[] = [];
  let line = 1;
  let skipped = isSkillMd && ownLine.test(text) ? 1 : 0;
  for (const { 0: token, index } of text.matchAll(prosePattern)) {
    if (token === '\n') {
      line += 1;
      if (isSkillMd && line <= 40 && ownLine.test(text.slice(index + 1, index + 40)))
        skipped = line;
    } else if (line !== skipped)
      words.push({ hash: hashOf(token.normalize('NFKC').toLowerCase()), line });
  }
  return words;
}

const lineComments = /^(py|sh|bash|zsh|rb|pl|yaml|yml|toml|r|ps1|dockerfile|mk|conf|ini|env)$/;
const slashPattern = /\n|\/\*|\/\/[^\n]*|[\p{L}\p{N}_$]{1,200}|[^\s\p{L}\p{N}_$;,'"`]/gu;
const hashPattern = /\n|#[^\n]*|[\p{L}\p{N}_$]{1,200}|[^\s\p{L}\p{N}_$;,'"`]/gu;
const namings =
  /\b(?:const|let|var|def|function|class|local)[ \t]{1,40}([\p{L}_$][\p{L}\p{N}_$]{0,100})|^[ \t]{0,200}([\p{L}_$][\p{L}\p{N}_$]{0,100})[ \t]{0,40}=(?!=)/gmu;
const ownName = hashOf('\0own');

function codeWords(text: string, extension: string): Word[] {
  const own = new Set<string>();
  for (const [, declared, assigned] of text.matchAll(namings)) own.add(declared ?? assigned ?? '');
  const pattern = new RegExp(lineComments.test(extension) ? hashPattern : slashPattern);
  const words: Word[] = [];
  let line = 1;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [token] = match;
    if (token === '\n') line += 1;
    else if (token === '/*') {
      const end = text.indexOf('*/', pattern.lastIndex);
      pattern.lastIndex = end < 0 ? text.length : end + 2;
      for (
        let at = text.indexOf('\n', match.index);
        at >= 0 && at < pattern.lastIndex;
        at = text.indexOf('\n', at + 1)
      )
        line += 1;
    } else if (!token.startsWith('//') && !(token.startsWith('#') && token.length > 1)) {
      words.push({ hash: own.has(token) ? ownName : hashOf(token), line });
    }
  }
  return words;
}

/**
 * FNV-1a over UTF-16 units, 32 bits (the parameters of draft-eastlake-fnv). The result is mixed by
 * MurmurHash3's last step.
 */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return mix32(hash);
}

/** The finalizer of MurmurHash3: each bit of the result depends on each bit of the argument. */
function mix32(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

// A sketch of a skill's texts by which a registry finds its near copies among very many: MinHash
// (Broder 1997) over runs of words, by one-permutation hashing in 8 rounds of 16 bins with
// densification (Shrivastava 2017). A registry keeps the lowest byte of each value (Li & König
// 2010), and looks up 21 bands of 3 values.

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
const wordsPerRun = 5;
const wordsMax = 200_000;
/**
 * Maximum number of characters of one file that are compared. Similar files show their similarity
 * long before this limit.
 */
const fileCharsMax = 512 * 1024;
/**
 * Minimum number of different runs. A text with fewer runs resembles many other texts by chance.
 */
const runsMin = 24;

/**
 * The similarity signature of a skill; undefined when the skill's texts have too few words to be
 * compared. Words after the first 200,000, and characters of a file after the first half million,
 * are ignored.
 */
export function signatureOf(files: readonly TextFile[]): SimilaritySignature | undefined {
  const runs = new Set<number>();
  let left = wordsMax;
  for (const { path, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const words = wordsInFile(path, text.slice(0, fileCharsMax)).slice(0, left);
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
function valuesOf(signature: SimilaritySignature): readonly number[] {
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
