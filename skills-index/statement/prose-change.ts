/**
 * Finds the sentences for agents that are new in a version. Rules cannot judge every wording, so a
 * person is shown the new sentences and decides about them.
 */
import type { Prose, Sentence } from './prose.ts';

/** Maximum number of new or changed sentences that a comparison of two versions lists. */
export const changedSentencesMax = 500;

export interface ProseChange {
  /**
   * New or changed sentences, in the order of paths and places. When there are too many sentences
   * for the list, hidden sentences come before others.
   */
  readonly added: readonly Sentence[];
  /** The number of new or changed sentences, listed or not. */
  readonly addedCount: number;
  /** The number of different sentences that only the previous version had. */
  readonly removed: number;
  /**
   * The fraction of the version's text that is new, from 0 to 1. Sequences of three words in new
   * sentences that no earlier version has are divided by all sequences of three words.
   */
  readonly novelty: number;
  /**
   * Whether all sentences equal the sentences of the previous version, with their files and order,
   * and no sentence of either version was left out.
   */
  readonly isSame: boolean;
}

/**
 * Compares the prose of a version with the prose of all earlier versions. The last entry of
 * `earlier` is the previous version. Layout and line breaks do not count as changes; punctuation
 * and capital letters do.
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
 * Describes the change of prose in one or two sentences.
 * @param left the number of sentences in this version that were not compared
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

/** The fraction of new text in words, such as `a third`. */
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

// Many new sentences must not push a hidden sentence out of the list.
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

// Every character of a sentence counts, because hosts, paths and options may differ by one
// character. A sentence that became hidden counts as changed.
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
