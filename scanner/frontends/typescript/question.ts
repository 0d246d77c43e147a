/** Questions about a program, and what their answers depend on. */
import type { JsValue } from './values/values.ts';

/** How deep the evaluator is in the program while it asks. */
export interface Levels {
  depth: number;
  /** Calls that are followed with their arguments, one in the other. */
  frames: number;
  /** Such calls in the outermost one so far. */
  framed: number;
  /** The number of the outermost of these calls, which has steps of its own. */
  outermost: number;
}

/** Open questions that an answer for now is known to need. With more, its circle is a large one. */
const neededMax = 32;

const reasons = ['nested', 'spent', 'deep'] as const;

/** Why an answer was given up, the gravest last. */
export type GivenUp = (typeof reasons)[number];

/** The graver of two reasons. */
export function graver(one: GivenUp | undefined, other: GivenUp): GivenUp {
  return one !== undefined && reasons.indexOf(one) > reasons.indexOf(other) ? one : other;
}

/** A question about a program, and its answers so far. */
export interface ValueQuestion {
  answer: JsValue | undefined;
  isOpen: boolean;
  isOfCall: boolean;
  /** When the answer for now changed last. */
  changed: number;
  /** The latest first. */
  forNow: ForNow[] | undefined;
}

/** What the answer that is searched for depends on so far. */
export interface Search {
  /** Open questions that were answered with "unknown". */
  needed: Set<ValueQuestion> | 'many' | undefined;
  givenUp: GivenUp | undefined;
  /** The questions that were asked, while a circle is settled; undefined for any. */
  reads: Set<ValueQuestion> | undefined;
}

/** An answer that holds while the questions that it needs are open. */
export interface ForNow extends Readonly<Search>, Readonly<Omit<Levels, 'framed'>> {
  readonly value: JsValue;
  readonly find: () => JsValue;
  /** When the search began. */
  readonly at: number;
}

/** Notes that a search depends on an open question. */
export function needs(search: Search, question: ValueQuestion): void {
  if (search.needed === 'many') return;
  search.needed ??= new Set();
  search.needed.add(question);
  if (search.needed.size > neededMax) search.needed = 'many';
}

/** What an answer for now depends on, the search that uses the answer depends on too. */
export function joins(search: Search, { needed, givenUp }: ForNow): void {
  if (needed === 'many') search.needed = 'many';
  else if (needed !== undefined) for (const question of needed) needs(search, question);
  if (givenUp !== undefined) search.givenUp = graver(search.givenUp, givenUp);
}

/** Whether none of the answers that were used has changed since. */
export function isUpToDate({ reads, at, givenUp }: ForNow): boolean {
  if (reads === undefined || givenUp !== undefined) return false;
  for (const question of reads) if (question.changed > at) return false;
  return true;
}

/** A question without an answer. */
export function newQuestion(): ValueQuestion {
  return { answer: undefined, isOpen: false, isOfCall: false, changed: 0, forNow: undefined };
}
