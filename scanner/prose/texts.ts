/** The texts of a skill with their possible subjects, read once for all rules. */
import type { FactOf } from '../fact/fact.ts';
import { type Hints, HintsOfTexts, needsOfPattern, unionOf } from './hints.ts';
import { type ProseReading, readingsOf } from './reading.ts';

export interface ProseText {
  readonly fact: FactOf<'text'>;
  /** Its place among the texts of its file. */
  readonly index: number;
  /** One reading, or several of a very long text. */
  readonly readings: readonly ProseReading[];
  /** Hints of the whole text. */
  readonly hints: Hints;
}

interface ProseTexts {
  readonly all: readonly ProseText[];
  readonly hints: HintsOfTexts;
}

type Texts = readonly FactOf<'text'>[];

// Memos of pure functions: rules that read the same facts share them, and scans that share the
// facts of a file.
const textsOfFacts = new WeakMap<Texts, ProseTexts>();
const allOfFacts = new WeakMap<Texts, readonly ProseText[]>();
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
  const known = allOfFacts.get(facts) ?? textsHaving(facts, undefined);
  allOfFacts.set(facts, known);
  return known;
}

/** The texts that may have a member of a set; all texts without a set. */
export function textsHaving(
  facts: readonly FactOf<'text'>[],
  any: Hints | undefined,
): readonly ProseText[] {
  return textsByFile(facts).flatMap((file) => {
    const { all, hints } = textsOfFacts.get(file) ?? readTexts(file);
    return any === undefined ? all : hints.having(any).flatMap((place) => all[place] ?? []);
  });
}

/** The texts that a pattern may match, by its required words. */
export function textsFor(facts: readonly FactOf<'text'>[], pattern: RegExp): readonly ProseText[] {
  return textsHaving(facts, needsOfPattern(pattern)?.[0]);
}

function readTexts(facts: readonly FactOf<'text'>[]): ProseTexts {
  const all = facts.map((fact, index): ProseText => {
    const readings = readingsOf(fact);
    const [first] = readings;
    const hints =
      readings.length === 1 && first !== undefined
        ? first.hints
        : unionOf(readings.map((reading) => reading.hints));
    return { fact, index, readings, hints };
  });
  const read = { all, hints: new HintsOfTexts(all.map((text) => text.hints)) };
  textsOfFacts.set(facts, read);
  return read;
}
