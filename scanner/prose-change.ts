/**
 * What a new version says to an agent that the earlier ones did not. Rules cannot decide every wording; a sentence that is new can be shown
 * to a person, and that is how prose is decided.
 */
import type { FactOf } from './fact.ts';
import { changedSentencesMax } from './limits.ts';
import { readingOf } from './prose-reading.ts';
import { isText, proseRoles } from './statements.ts';

export interface Sentence {
  readonly path: string;
  /** Offset of the text that it stands in. */
  readonly start: number;
  /** As it is read: hidden characters dropped, white space folded. */
  readonly text: string;
  /** Whether a reader of the page does not see it. */
  readonly isHidden: boolean;
}

export interface ProseChange {
  /** New or changed sentences in the order of paths and places; the first of them when they are very many. */
  readonly added: readonly Sentence[];
  /** How many were in the version before and are no more. */
  readonly removed: number;
  /** Words of new sentences in three words in a row that no earlier version has, of all words now: 0 nothing new, 1 all of it. */
  readonly novelty: number;
}

/** Compares what an agent reads in a version with all earlier ones. Order, moved sections and layout are no change. */
export function proseChange(earlier: readonly (readonly FactOf<'text'>[])[], now: readonly FactOf<'text'>[]): ProseChange {
  const known = new Set(earlier.flatMap((version) => sentencesOf(version).map(keyOf)));
  const triples = new Set(earlier.flatMap((version) => sentencesOf(version).flatMap((one) => triplesOf(one.text))));
  const current = sentencesOf(now);
  const currentKeys = new Set(current.map(keyOf));
  const added = current.filter((one) => !known.has(keyOf(one)));
  const last = earlier.at(-1) ?? [];
  const removed = new Set(
    sentencesOf(last)
      .map(keyOf)
      .filter((key) => !currentKeys.has(key)),
  ).size;
  const fresh = added.reduce((sum, one) => sum + triplesOf(one.text).filter((triple) => !triples.has(triple)).length, 0);
  const all = current.reduce((sum, one) => sum + triplesOf(one.text).length, 0);
  return { added: added.slice(0, changedSentencesMax), removed, novelty: all === 0 ? 0 : fresh / all };
}

function sentencesOf(facts: readonly FactOf<'text'>[]): Sentence[] {
  return facts.flatMap((fact) => {
    if (!proseRoles.has(fact.role) || !isText(fact)) return [];
    const { text } = readingOf(fact);
    const isHidden = fact.role === 'hidden';
    return text
      .split(/(?<=[.!?])\s+|(?<=[。！？])/)
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => ({ path: fact.span.path, start: fact.span.start, text: part, isHidden }));
  });
}

// What was seen and is hidden now is a change; where it stands is none.
function keyOf({ text, isHidden }: Sentence): string {
  return `${isHidden ? 'hidden' : 'seen'} ${wordsOf(text).join(' ')}`;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}]+/gu) ?? [text];
}

function triplesOf(text: string): string[] {
  const words = wordsOf(text);
  if (words.length < 3) return [words.join(' ')];
  return words.slice(2).map((word, index) => `${words[index]} ${words[index + 1]} ${word}`);
}
