/** What a text fact says, read once for all rules: its words, and the marks of meaning in them. */
import type { FactOf } from '../fact/fact.ts';
import { plainWordsCharsMax } from '../limits.ts';
import type { Concept } from '../models/phrases/concept.ts';
import { type Hints, hintsOf } from './hints.ts';
import { marksOf, type ProseMark } from './marks.ts';
import { foldText, inLatin } from './plain-words.ts';

export interface ProseReading {
  readonly fact: FactOf<'text'>;
  /** Folded, with letters of all scripts; marks point into it. */
  readonly text: string;
  /** Folded, look-alike letters made Latin: what patterns for English search. */
  readonly words: string;
  readonly marks: readonly ProseMark[];
  readonly concepts: ReadonlySet<Concept>;
  /** What may stand in it, which is asked first. */
  readonly hints: Hints;
}

// A memo of a pure function: it lives as long as the fact and is seen by nobody.
const readings = new WeakMap<FactOf<'text'>, ProseReading>();

/**
 * The reading of a text: what is seen of a link or an image, of HTML without its tags, of a front
 * matter's value.
 */
export function readingOf(fact: FactOf<'text'>): ProseReading {
  const reading = readings.get(fact) ?? newReading(fact);
  readings.set(fact, reading);
  return reading;
}

function newReading(fact: FactOf<'text'>): ProseReading {
  return new LazyReading(fact, foldText(readable(fact)));
}

/**
 * Readings of all of a text, made anew: what is longer than one reading takes is read in stretches
 * that overlap.
 */
export function readingsOf(fact: FactOf<'text'>): readonly ProseReading[] {
  const { length } = fact.text;
  if (length <= plainWordsCharsMax) return [newReading(fact)];
  const all = readable(fact);
  const step = plainWordsCharsMax - overlapChars;
  return Array.from({ length: Math.ceil(all.length / step) }, (_, index) =>
    readingOfText(fact, all.slice(index * step, index * step + plainWordsCharsMax)),
  );
}

const overlapChars = 1_000;

/** A reading of words that stand in no fact as such: pieces joined, or decoded. */
export function readingOfText(fact: FactOf<'text'>, text: string): ProseReading {
  return new LazyReading(fact, foldText(text));
}

function readable(fact: FactOf<'text'>): string {
  switch (fact.role) {
    case 'image':
    case 'link':
      return fact.detail;
    case 'html':
      return fact.text.replace(/<[^>]{0,2000}>/g, ' ');
    default:
      return fact.text;
  }
}

class LazyReading implements ProseReading {
  readonly fact: FactOf<'text'>;
  readonly text: string;
  #words: string | undefined;
  #marks: readonly ProseMark[] | undefined;
  #concepts: ReadonlySet<Concept> | undefined;
  #hints: Hints | undefined;

  constructor(fact: FactOf<'text'>, text: string) {
    this.fact = fact;
    this.text = text;
  }

  get words(): string {
    this.#words ??= inLatin(this.text);
    return this.#words;
  }

  get marks(): readonly ProseMark[] {
    this.#marks ??= marksOf(this.text);
    return this.#marks;
  }

  get concepts(): ReadonlySet<Concept> {
    this.#concepts ??= new Set(this.marks.map((mark) => mark.concept));
    return this.#concepts;
  }
  get hints(): Hints {
    this.#hints ??= hintsOf(this.text, this.words);
    return this.#hints;
  }
}
