/** The texts of a skill with their possible subjects, read once for all rules. */
import type { FactOf } from '../fact/fact.ts';
import { remembered } from '../fact/remembered.ts';
import { type Hints, unionOf } from './hints.ts';
import { type ProseReading, readingsOf } from './reading.ts';

export class ProseText {
  readonly fact: FactOf<'text'>;
  /** Its place among the texts of its file. */
  readonly index: number;
  #readings: readonly ProseReading[] | undefined;
  #hints: Hints | undefined;

  constructor(fact: FactOf<'text'>, index: number) {
    this.fact = fact;
    this.index = index;
  }

  /** One reading, or several of a very long text. Most code blocks are read by no rule on prose. */
  get readings(): readonly ProseReading[] {
    this.#readings ??= readingsOf(this.fact);
    return this.#readings;
  }

  /** Hints of the whole text. */
  get hints(): Hints {
    this.#hints ??= unionOf(this.readings.map(({ hints }) => hints));
    return this.#hints;
  }
}

type Texts = readonly FactOf<'text'>[];

// Memos of pure functions: rules that read the same facts share them, and scans that share the
// facts of a file.
const filesOfFacts = new WeakMap<Texts, readonly Texts[]>();
const filesByFirst = new WeakMap<FactOf<'text'>, readonly Texts[]>();
/** Selections of the facts of one file. */
const selectionsMax = 4;

/** The facts of each file. Equal facts of a file are always the same array. */
export function textsByFile(facts: Texts): readonly Texts[] {
  const known = filesOfFacts.get(facts);
  if (known !== undefined) return known;
  const files: Texts[] = [];
  let from = 0;
  for (const [at, { span }] of facts.entries()) {
    if (facts[at + 1]?.span.path === span.path) continue;
    const file = theSame(facts.slice(from, at + 1));
    filesOfFacts.set(file, [file]);
    files.push(file);
    from = at + 1;
  }
  filesOfFacts.set(facts, files);
  return files;
}

function theSame(file: Texts): Texts {
  const [first] = file;
  if (first === undefined) return file;
  const selections = filesByFirst.get(first) ?? [];
  const known = selections.find(
    (one) => one.length === file.length && one.every((fact, at) => fact === file[at]),
  );
  if (known !== undefined) return known;
  filesByFirst.set(first, [file, ...selections.slice(0, selectionsMax - 1)]);
  return file;
}

/** All texts, in the order of the facts. */
export function proseTexts(facts: Texts): readonly ProseText[] {
  return textsByFile(facts).flatMap(readTexts);
}

const readTexts = remembered((file: Texts) =>
  file.map((fact, index) => new ProseText(fact, index)),
);
