/**
 * Remembers answers to questions about a program, where an answer may depend on its own question.
 */

import { keep } from '../../fact/remembered.ts';
import { StepsUsedUp } from '../../fact/steps.ts';
import { areSame } from './values/same.ts';
import { alternatives, type JsValue, unionOf, unknown } from './values/values.ts';

// Values of a circle that grow until nothing changes.

/**
 * A value that may be either. Texts, numbers and lists can be computed from one another without
 * end, so only a few of them are kept. Functions, and lists with functions, are kept up to the
 * limit of a union: one of them may send.
 */
function widened(before: JsValue, value: JsValue): JsValue {
  if (areSame(before, value)) return before;
  const known = alternatives(before);
  let left = dataMax - known.filter((one) => !mayBeCalled(one)).length;
  const more = alternatives(value)
    .filter((one) => !known.some((other) => areSame(one, other)))
    .map((one) => (mayBeCalled(one) || --left >= 0 ? one : unknown));
  return unionOf([...known, ...more]);
}

const dataMax = 8;

function mayBeCalled(value: JsValue, depth = 0): boolean {
  switch (value.kind) {
    case 'array':
    case 'growing':
      return depth < calledDepthMax && value.items.some((item) => mayBeCalled(item, depth + 1));
    case 'union':
      return value.of.some((one) => mayBeCalled(one, depth));
    case 'text':
    case 'bytes':
    case 'number':
    case 'count':
    case 'pattern':
    case 'data':
    case 'unknown':
      return false;
    default:
      return true;
  }
}

const calledDepthMax = 1;

// Questions about a program, and what their answers depend on.

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
type GivenUp = (typeof reasons)[number];

/** The graver of two reasons. */
function graver(one: GivenUp | undefined, other: GivenUp): GivenUp {
  return one !== undefined && reasons.indexOf(one) > reasons.indexOf(other) ? one : other;
}

/** A question about a program, and its answers so far. */
interface ValueQuestion {
  answer: JsValue | undefined;
  isOpen: boolean;
  isOfCall: boolean;
  /** When the answer for now changed last. */
  changed: number;
  /** The latest first. */
  forNow: ForNow[] | undefined;
}

/** What the answer that is searched for depends on so far. */
interface Search {
  /** Open questions that were answered with "unknown". */
  needed: Set<ValueQuestion> | 'many' | undefined;
  givenUp: GivenUp | undefined;
  /** The questions that were asked, while a circle is settled; undefined for any. */
  reads: Set<ValueQuestion> | undefined;
}

/** An answer that holds while the questions that it needs are open. */
interface ForNow extends Readonly<Search>, Readonly<Omit<Levels, 'framed'>> {
  readonly value: JsValue;
  readonly find: () => JsValue;
  /** When the search began. */
  readonly at: number;
}

/** Notes that a search depends on an open question. */
function needs(search: Search, question: ValueQuestion): void {
  if (search.needed === 'many') return;
  search.needed ??= new Set();
  search.needed.add(question);
  if (search.needed.size > neededMax) search.needed = 'many';
}

/** What an answer for now depends on, the search that uses the answer depends on too. */
function joins(search: Search, { needed, givenUp }: ForNow): void {
  if (needed === 'many') search.needed = 'many';
  else if (needed !== undefined) for (const question of needed) needs(search, question);
  if (givenUp !== undefined) search.givenUp = graver(search.givenUp, givenUp);
}

/** Whether none of the answers that were used has changed since. */
function isUpToDate({ reads, at, givenUp }: ForNow): boolean {
  if (reads === undefined || givenUp !== undefined) return false;
  for (const question of reads) if (question.changed > at) return false;
  return true;
}

/** A question without an answer. */
function newQuestion(): ValueQuestion {
  return { answer: undefined, isOpen: false, isOfCall: false, changed: 0, forNow: undefined };
}

/**
 * Answers for now that one question may cost, and all questions together. Beyond, the questions of
 * a circle are answered together.
 */
const answersForNowMax = 2_000;
const answersForNowTotalMax = 20_000;

/**
 * Answers that a limit cut short. Beyond this number they are remembered for good: a function that
 * calls itself in many places with ever new arguments has no end of them.
 */
const cutAnswersMax = 40_000;

/** Answers for now of one question, for different open questions. */
const forNowMax = 8;

/** Calls followed with their arguments, one in the other. */
export const frameDepthMax = 24;

/** Answers of one circle that are computed from one another until none changes. */
const computedMax = 400_000;

/** Passes after which an answer only grows and no new call is followed, so that there is an end. */
const freePassesMax = 4;

/** Passes in which a question that came up is a reason for one more pass. */
const growingPassesMax = 16;

/**
 * A question that is asked again inside itself is answered with "unknown". Answers found meanwhile
 * depend on that, so they are answers for now: they are used again while the interrupted questions
 * are open, and remembered for good only after the interrupted question itself is answered (as in
 * Tarjan's strongly connected components): `let a = b || x; let b = a` gives x for both, in either
 * order.
 *
 * The number of orders in which the questions of a circle ask one another is exponential. When a
 * circle needs too many answers, each of its questions is asked once, and then all answers are
 * computed from one another until none changes.
 */
export class Memory {
  // Most questions are about a whole thing. They have no name and need no map of names.
  readonly #whole = new Map<object, ValueQuestion>();
  readonly #named = new Map<object, Map<string, ValueQuestion>>();
  readonly #levels: Levels;
  /** The search for an answer that is under way. */
  #search: Search | undefined;
  #answersForNow = 0;
  #total = 0;
  #cut = 0;
  /** Questions with answers for now, in the order in which their searches ended. */
  #waiting: ValueQuestion[] = [];
  #isSettling = false;
  /** Whether the program was too deep for the search that is under way. */
  #isTooDeep = false;
  /** The questions whose search was too deep, and those that were asked alone for that reason. */
  #tooDeep: { readonly question: ValueQuestion; readonly find: () => JsValue }[] = [];
  readonly #askedAlone = new Set<ValueQuestion>();
  #stage = 0;
  /** Counts answers and their changes while a circle is settled. */
  #clock = 0;

  constructor(levels: Levels) {
    this.#levels = levels;
  }

  /** Whether the answers of a circle are computed from one another. */
  get isSettling(): boolean {
    return this.#isSettling;
  }

  /**
   * The answer to the question about this thing and name.
   * @param isOfCall the answer is found in one more call that is followed with its arguments
   */
  once(thing: object, name: string, find: () => JsValue, isOfCall = false): JsValue {
    const question = this.#question(thing, name);
    if (question.answer !== undefined) return question.answer;
    this.#search?.reads?.add(question);
    if (question.isOpen) {
      if (this.#search !== undefined) needs(this.#search, question);
      return unknown;
    }
    const usable =
      this.#isSettling || this.#isWide()
        ? question.forNow?.[0]
        : question.forNow?.find((one) => this.#holds(one));
    question.isOfCall = isOfCall;
    if (usable === undefined) return this.#find(question, find);
    if (this.#search !== undefined) joins(this.#search, usable);
    return usable.value;
  }

  /** The answer to a question about a whole thing, when it is remembered for good. */
  answerTo(thing: object): JsValue | undefined {
    return this.#whole.get(thing)?.answer;
  }

  /**
   * While a circle is answered as a whole: the number of the stage, for answers that the asker
   * keeps until the next stage. The answer that is under way may depend on them.
   */
  stage(): number | undefined {
    if (!this.#isSettling && !this.#isWide()) return undefined;
    if (this.#search !== undefined) {
      this.#search.needed = 'many';
      // What the asker keeps may have read other questions.
      this.#search.reads = undefined;
    }
    return this.#stage;
  }

  /**
   * Reports that an answer was given up, so that no answer that depends on it is remembered for
   * good.
   * @param why the program is too deep, too many calls are followed one in the other, or the steps
   *   of the outermost call are used up
   */
  giveUp(why: GivenUp): JsValue {
    const search = this.#search;
    // Calls that are followed have a limit of their own.
    const isAlone = why === 'deep' && this.#levels.frames === 0;
    if (search !== undefined)
      search.givenUp = graver(search.givenUp, why === 'deep' && !isAlone ? 'nested' : why);
    // The passes that settle a circle reach deeper one after the other.
    if (isAlone && !this.#isSettling) this.#isTooDeep = true;
    return unknown;
  }

  #find(question: ValueQuestion, find: () => JsValue): JsValue {
    const outer = this.#search;
    let value = this.#searchFor(question, find);
    if (outer !== undefined || this.#isSettling) return value;
    while (question.answer === undefined && this.#askTooDeep())
      value = this.#searchFor(question, find);
    // The outermost question is answered, so no answer for now holds any longer.
    if (this.#isWide()) this.#settle();
    for (const one of this.#waiting) one.forNow = undefined;
    this.#waiting = [];
    this.#answersForNow = 0;
    this.#stage++;
    return question.answer ?? value;
  }

  // Asks what was too deep in the program once more, each by itself; whether there was any.
  #askTooDeep(): boolean {
    const fresh = this.#tooDeep.filter(({ question }) => !this.#askedAlone.has(question));
    // In a circle that is too long, each question is too deep behind another one.
    if (fresh.length < this.#tooDeep.length) this.#answersForNow = Number.POSITIVE_INFINITY;
    this.#tooDeep = [];
    const { depth } = this.#levels;
    this.#levels.depth = 0;
    try {
      for (const { question, find } of fresh) {
        this.#askedAlone.add(question);
        if (question.answer === undefined) this.#find(question, find);
      }
    } finally {
      this.#levels.depth = depth;
    }
    return fresh.length > 0;
  }

  // With `before`, the answer is that one and what is found in addition.
  #searchFor(question: ValueQuestion, find: () => JsValue, before?: JsValue): JsValue {
    const outer = this.#search;
    const { depth, frames, outermost } = this.#levels;
    const search: Search = {
      needed: undefined,
      givenUp: undefined,
      reads: this.#isSettling ? new Set() : undefined,
    };
    const at = ++this.#clock;
    this.#search = search;
    question.isOpen = true;
    try {
      const value = before === undefined ? find() : widened(before, find());
      const { needed, givenUp } = search;
      // Too many to know when none is open any longer: the circle is answered as a whole.
      if (needed === 'many') this.#answersForNow = Number.POSITIVE_INFINITY;
      else needed?.delete(question);
      if (givenUp !== undefined && givenUp !== 'deep') this.#cut++;
      if (this.#isTooDeep) {
        this.#tooDeep.push({ question, find });
        this.#isTooDeep = false;
      }
      // What is too deep is asked alone afterwards, so these answers have an end.
      const isCut = givenUp === 'deep' || (givenUp !== undefined && this.#cut < cutAnswersMax);
      if (!isCut && (needed === undefined || (needed !== 'many' && needed.size === 0))) {
        question.answer = value;
        question.forNow = undefined;
      } else {
        const { reads } = search;
        const one = { value, find, needed, givenUp, reads, at, depth, frames, outermost };
        if (question.forNow === undefined) question.changed = ++this.#clock;
        this.#keepForNow(question, one);
        if (outer !== undefined) joins(outer, one);
      }
      return value;
    } finally {
      question.isOpen = false;
      this.#search = outer;
    }
  }

  #keepForNow(question: ValueQuestion, one: ForNow): void {
    this.#answersForNow++;
    this.#total++;
    if (question.forNow === undefined) {
      question.forNow = [one];
      this.#waiting.push(question);
    } else if (this.#isSettling) question.forNow = [one];
    else {
      question.forNow.unshift(one);
      if (question.forNow.length > forNowMax) question.forNow.pop();
    }
  }

  // Whether each question of a circle is asked only once.
  #isWide(): boolean {
    return this.#answersForNow > answersForNowMax || this.#total > answersForNowTotalMax;
  }

  // Computes the answers of circles from one another.
  #settle(): void {
    const { frames } = this.#levels;
    this.#isSettling = true;
    // A limit of steps may throw.
    try {
      let left = computedMax;
      // A value goes along many questions in one pass that has their order, or its reverse.
      for (let pass = 0, isNew = true; isNew; pass++) {
        isNew = false;
        this.#stage++;
        const isFree = pass < freePassesMax;
        // Questions that come up in a pass wait for the next.
        const questions = pass % 2 === 0 ? [...this.#waiting] : this.#waiting.toReversed();
        for (const question of questions) {
          const [before] = question.forNow ?? [];
          if (before === undefined || question.answer !== undefined || isUpToDate(before)) continue;
          // With answers that may still change, a call could be taken for a harmless one.
          if (--left < 0) throw new StepsUsedUp('the limit of values that depend on one another');
          // Calls with arguments that come up only now are not followed into further such calls.
          this.#levels.frames = frameDepthMax - (isFree || question.isOfCall ? 1 : 0);
          this.#levels.framed = 0;
          const value = this.#searchFor(question, before.find, isFree ? undefined : before.value);
          if (areSame(value, before.value)) continue;
          question.changed = ++this.#clock;
          isNew = true;
        }
        if (this.#waiting.length > questions.length && pass < growingPassesMax) isNew = true;
      }
      for (const question of this.#waiting) question.answer ??= question.forNow?.[0]?.value;
    } finally {
      this.#levels.frames = frames;
      this.#isSettling = false;
    }
  }

  // An answer for now holds while the questions that it needs are open. One that a limit cut short
  // is used only where the limit would be at least as near.
  #holds({ needed, givenUp, ...then }: ForNow): boolean {
    const { depth, frames, outermost } = this.#levels;
    if (givenUp !== undefined && (depth < then.depth || frames < then.frames)) return false;
    if (givenUp === 'spent' && outermost !== then.outermost) return false;
    if (needed === undefined || needed === 'many') return needed === undefined;
    for (const question of needed) if (!question.isOpen) return false;
    return true;
  }

  #question(thing: object, name: string): ValueQuestion {
    if (name === '') return keep(this.#whole, thing, newQuestion);
    return keep(
      keep(this.#named, thing, () => new Map<string, ValueQuestion>()),
      name,
      newQuestion,
    );
  }
}
