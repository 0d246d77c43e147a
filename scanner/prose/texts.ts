/** The texts of a skill with their possible subjects, read once for all rules. */
import type { FactOf } from '../fact/fact.ts';
import { type Hints, HintsOfTexts, needsOfPattern, unionOf } from './hints.ts';
import { type ProseReading, readingsOf } from './reading.ts';

export interface ProseText {
  readonly fact: FactOf<'text'>;
  /** Its place among the facts. */
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

// A memo of a pure function: rules that read the same facts share it.
const textsOfFacts = new WeakMap<readonly FactOf<'text'>[], ProseTexts>();

/** All texts, in the order of the facts. */
export function proseTexts(facts: readonly FactOf<'text'>[]): readonly ProseText[] {
  return (textsOfFacts.get(facts) ?? readTexts(facts)).all;
}

/** The texts that may have a member of a set; all texts without a set. */
export function textsHaving(
  facts: readonly FactOf<'text'>[],
  any: Hints | undefined,
): readonly ProseText[] {
  const { all, hints } = textsOfFacts.get(facts) ?? readTexts(facts);
  return any === undefined ? all : hints.having(any).flatMap((place) => all[place] ?? []);
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
