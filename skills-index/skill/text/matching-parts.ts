/** Finds the equal parts of two skills, to be shown side by side. */
import { fileCharsMax, runsOf, type TextFile, wordsPerRun } from './similarity-signature.ts';
import { type Word, wordsOf } from './words-of-text.ts';

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
  return { path, words: wordsOf(path, text.slice(0, fileCharsMax)) };
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
