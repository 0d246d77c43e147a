/**
 * The content of a text fact, read once for all rules: its words, and the marks of meaning in them.
 */
import type { FactOf } from '../fact/fact.ts';
import { remembered } from '../fact/remembered.ts';
import { type Hints, hintsOf } from './hints.ts';
import { foldText, inLatin, marksOf, type ProseMark, plainWordsCharsMax } from './marks.ts';
import type { Concept } from './phrases/concept.ts';

/** Characters of the texts whose words and marks a scanner remembers. */
const recentTextCharsMax = 256 * 1024;

// What a pure function found out about texts, for the texts of the last scans: the pages of a new
// version say nearly what those of the version before say, and skills repeat the same headings.

/**
 * Values by text. Texts that nobody asked for since about half a million characters are forgotten.
 */
export class RecentTexts<Value> {
  readonly #charsMax: number;
  #recent = new Map<string, Value>();
  #older = new Map<string, Value>();
  #chars = 0;

  /** @param charsMax characters of the texts; as many again may be remembered from before */
  constructor(charsMax: number = recentTextCharsMax) {
    this.#charsMax = charsMax;
  }

  /** The value of a text: the known one, or what `make` returns. */
  of(text: string, make: (text: string) => Value): Value {
    const recent = this.#recent.get(text);
    if (recent !== undefined) return recent;
    const value = this.#older.get(text) ?? make(text);
    if (text.length > this.#charsMax) return value;
    this.#chars += text.length + charsOfEntry;
    if (this.#chars > this.#charsMax) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#chars = text.length + charsOfEntry;
    }
    this.#recent.set(text, value);
    return value;
  }
}

// What an entry takes besides its text, so that very many short texts are forgotten as well.
const charsOfEntry = 40;

export interface ProseReading {
  readonly fact: FactOf<'text'>;
  /** Folded, with letters of all scripts; marks point into it. */
  readonly text: string;
  /** Folded, with look-alike letters made Latin: patterns for English search it. */
  readonly words: string;
  readonly marks: readonly ProseMark[];
  readonly concepts: ReadonlySet<Concept>;
  /** The possible subjects, which are compared first. */
  readonly hints: Hints;
}

/**
 * The reading of a text: a link with its address, the visible part of an image, HTML without its
 * tags, the value in a front matter.
 */
export const readingOf = remembered(
  (fact: FactOf<'text'>): ProseReading => readingOfText(fact, readable(fact)),
);

/**
 * Readings of a whole text: a text too long for one reading is read in overlapping parts, made
 * again.
 */
export const readingsOf = remembered((fact: FactOf<'text'>): readonly ProseReading[] => {
  if (fact.text.length <= plainWordsCharsMax) return [readingOf(fact)];
  const all = readable(fact);
  const step = plainWordsCharsMax - overlapChars;
  return Array.from({ length: Math.ceil(all.length / step) }, (_, index) =>
    readingOfText(fact, all.slice(index * step, index * step + plainWordsCharsMax)),
  );
});

const overlapChars = 1_000;

/** A reading of words that no fact has as such: joined pieces, or decoded text. */
export function readingOfText(fact: FactOf<'text'>, text: string): ProseReading {
  return new FactReading(fact, foldText(text));
}

function readable(fact: FactOf<'text'>): string {
  switch (fact.role) {
    case 'image':
      return fact.detail;
    case 'link':
      return `${fact.detail} ${fact.text}`;
    case 'html':
      return fact.text.replace(/<[^>]{0,2000}>/g, ' ');
    default:
      return fact.text;
  }
}

class FactReading implements ProseReading {
  readonly fact: FactOf<'text'>;
  readonly #words: TextWords;

  constructor(fact: FactOf<'text'>, folded: string) {
    this.fact = fact;
    this.#words = wordsOfTexts.of(folded, () => new TextWords(folded));
  }

  get text(): string {
    return this.#words.text;
  }

  get words(): string {
    return this.#words.words;
  }

  get marks(): readonly ProseMark[] {
    return this.#words.marks;
  }

  get concepts(): ReadonlySet<Concept> {
    return this.#words.concepts;
  }

  get hints(): Hints {
    return this.#words.hints;
  }
}

// What depends on nothing but the folded text.
class TextWords {
  readonly text: string;
  #words: string | undefined;
  #marks: readonly ProseMark[] | undefined;
  #concepts: ReadonlySet<Concept> | undefined;
  #hints: Hints | undefined;

  constructor(text: string) {
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

const wordsOfTexts = new RecentTexts<TextWords>();
