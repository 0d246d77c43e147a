/**
 * What a new version says to an agent that earlier ones did not. Rules cannot decide every wording;
 * a sentence that is new can be shown to a person, and that is how prose is decided.
 */
import { changedSentencesMax } from './limits.ts';
import type { Prose, Sentence } from './prose.ts';

export interface ProseChange {
  /**
   * New or changed sentences in the order of paths and places; of very many the hidden ones and the
   * first.
   */
  readonly added: readonly Sentence[];
  /** How many there are, shown or not. */
  readonly addedCount: number;
  /** Different ones that were in the version before and are no more. */
  readonly removed: number;
  /**
   * Words of new sentences in three words in a row that no earlier version has, of all words now: 0
   * nothing new, 1 all of it.
   */
  readonly novelty: number;
  /**
   * Sentence for sentence the version before, files and order included, nothing left out of either.
   */
  readonly isSame: boolean;
}

/**
 * Compares what an agent reads in a version with all earlier ones, the last one last. Layout and
 * lines are no change; a sign or a capital is.
 */
export function proseChange(earlier: readonly Prose[], now: Prose): ProseChange {
  const known = new Set(earlier.flatMap((one) => one.sentences.map(keyOf)));
  const added = now.sentences.filter((one) => !known.has(keyOf(one)));
  const current = new Set(now.sentences.map(keyOf));
  const last = earlier.at(-1);
  const gone = new Set((last?.sentences ?? []).map(keyOf).filter((key) => !current.has(key)));
  return {
    added: fewOf(added),
    addedCount: added.length,
    removed: gone.size,
    novelty: added.length === 0 ? 0 : noveltyOf(added, earlier, now),
    isSame: last !== undefined && isSame(last, now),
  };
}

/**
 * The change in a sentence or two for people. @param left sentences of this version that were not
 * compared
 */
export function changeWords(
  change: Omit<ProseChange, 'added'>,
  since: string,
  left: number,
): string {
  const more =
    left === 0 ? '' : ` ${sentenceCount(left)} more, which nobody compared: there are too many.`;
  return `${comparedWords(change, since)}${more}`;
}

function comparedWords(
  { addedCount, removed, novelty, isSame: same }: Omit<ProseChange, 'added'>,
  since: string,
): string {
  if (same) return `The prose is word for word that of ${since}.`;
  const gone = `${sentenceCount(removed)} of ${since} gone`;
  if (addedCount > 0)
    return `${sentenceCount(addedCount)} new or changed since ${since}, ${gone}: ${noveltyWords(novelty)} of what an agent reads is new.`;
  if (removed > 0) return `No sentence new since ${since}, ${gone}.`;
  return `No sentence new or gone since ${since}, but not all stand where they stood, or as often.`;
}

function sentenceCount(count: number): string {
  return `${count} sentence${count === 1 ? '' : 's'}`;
}

/** `a third`: of what an agent reads. */
export function noveltyWords(novelty: number): string {
  return noveltySteps.find(({ from }) => novelty >= from)?.words ?? 'hardly any';
}

const noveltySteps = [
  { from: 0.99, words: 'all' },
  { from: 0.85, words: 'nearly all' },
  { from: 0.7, words: 'three quarters' },
  { from: 0.58, words: 'two thirds' },
  { from: 0.42, words: 'half' },
  { from: 0.29, words: 'a third' },
  { from: 0.18, words: 'a quarter' },
  { from: 0.08, words: 'a tenth' },
  { from: 0.01, words: 'less than a tenth' },
] as const;

function noveltyOf(added: readonly Sentence[], earlier: readonly Prose[], now: Prose): number {
  const known = new Set(
    earlier.flatMap((one) => one.sentences.flatMap(({ text }) => triplesOf(text))),
  );
  const fresh = added.reduce(
    (sum, { text }) => sum + triplesOf(text).filter((triple) => !known.has(triple)).length,
    0,
  );
  return fresh / now.sentences.reduce((sum, { text }) => sum + triplesOf(text).length, 0);
}

// Very many new sentences must not push a hidden one out of sight.
function fewOf(added: readonly Sentence[]): readonly Sentence[] {
  if (added.length <= changedSentencesMax) return added;
  const first = [
    ...added.filter((one) => one.isHidden),
    ...added.filter((one) => !one.isHidden),
  ].slice(0, changedSentencesMax);
  const kept = new Set(first);
  return added.filter((one) => kept.has(one));
}

function isSame(before: Prose, now: Prose): boolean {
  if (before.left !== 0 || now.left !== 0 || before.sentences.length !== now.sentences.length)
    return false;
  return now.sentences.every((one, index) => {
    const other = before.sentences[index];
    return other !== undefined && other.path === one.path && keyOf(other) === keyOf(one);
  });
}

// All signs count: a host, a path and an option differ by one. What was seen and is hidden now is a
// change.
function keyOf({ text, isHidden }: Sentence): string {
  return `${isHidden ? 'hidden' : 'seen'} ${text}`;
}

function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu) ?? [text]
  );
}

function triplesOf(text: string): string[] {
  const words = wordsOf(text);
  if (words.length < 3) return [words.join(' ')];
  return words.slice(2).map((word, index) => `${words[index]} ${words[index + 1]} ${word}`);
}
