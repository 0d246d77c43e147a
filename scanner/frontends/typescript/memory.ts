/**
 * Remembers answers to questions about a program, where an answer may depend on its own question.
 */
import { keep } from '../../fact/remembered.ts';
import { alternatives, type JsValue, unknown } from './values/values.ts';

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

/** Calls followed with their arguments, one in the other. */
export const frameDepthMax = 24;

/** How often the answers of a circle are computed from one another, and how many in all passes. */
const passesMax = 4;
const computedMax = 10_000;

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
  readonly #whole = new Map<object, Question>();
  readonly #named = new Map<object, Map<string, Question>>();
  readonly #levels: Levels;
  /** The search for an answer that is under way. */
  #search: Search | undefined;
  #answersForNow = 0;
  #total = 0;
  #cut = 0;
  /** Questions with answers for now, in the order in which their searches ended. */
  #waiting: Question[] = [];
  #isSettling = false;
  #stage = 0;

  constructor(levels: Levels) {
    this.#levels = levels;
  }

  /** The answer to the question about this thing and name. */
  once(thing: object, name: string, find: () => JsValue): JsValue {
    const question = this.#question(thing, name);
    if (question.answer !== undefined) return question.answer;
    if (question.isOpen) {
      if (this.#search !== undefined) needs(this.#search, question);
      return unknown;
    }
    const usable =
      this.#isSettling || this.#isWide()
        ? question.forNow?.[0]
        : question.forNow?.find((one) => this.#holds(one));
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
    if (this.#search !== undefined) this.#search.needed = 'many';
    return this.#stage;
  }

  /**
   * Reports that an answer was given up, so that no answer that depends on it is remembered for
   * good.
   * @param isSpent the steps of the outermost call are used up
   */
  giveUp(isSpent: boolean): JsValue {
    const search = this.#search;
    if (search !== undefined) search.givenUp = isSpent ? 'spent' : (search.givenUp ?? 'deep');
    return unknown;
  }

  #find(question: Question, find: () => JsValue): JsValue {
    const outer = this.#search;
    const value = this.#searchFor(question, find);
    if (outer !== undefined || this.#isSettling) return value;
    // The outermost question is answered, so no answer for now holds any longer.
    if (this.#isWide()) this.#settle();
    for (const one of this.#waiting) one.forNow = undefined;
    this.#waiting = [];
    this.#answersForNow = 0;
    this.#stage++;
    return question.answer ?? value;
  }

  #searchFor(question: Question, find: () => JsValue): JsValue {
    const outer = this.#search;
    const { depth, frames, outermost } = this.#levels;
    const search: Search = { needed: undefined, givenUp: undefined };
    this.#search = search;
    question.isOpen = true;
    try {
      const value = find();
      const { needed, givenUp } = search;
      // Too many to know when none is open any longer: the circle is answered as a whole.
      if (needed === 'many') this.#answersForNow = Number.POSITIVE_INFINITY;
      else needed?.delete(question);
      if (givenUp !== undefined) this.#cut++;
      const isCut = givenUp !== undefined && this.#cut < cutAnswersMax;
      if (!isCut && (needed === undefined || (needed !== 'many' && needed.size === 0))) {
        question.answer = value;
        question.forNow = undefined;
      } else {
        const one = { value, find, needed, givenUp, depth, frames, outermost };
        this.#keepForNow(question, one);
        if (outer !== undefined) joins(outer, one);
      }
      return value;
    } finally {
      question.isOpen = false;
      this.#search = outer;
    }
  }

  #keepForNow(question: Question, one: ForNow): void {
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
      let computed = 0;
      for (let pass = 0, isNew = true; isNew && pass < passesMax; pass++) {
        if (computed > computedMax) break;
        computed += this.#waiting.length;
        isNew = false;
        this.#stage++;
        // Questions that come up in a pass wait for the next.
        for (const question of [...this.#waiting]) {
          const [before] = question.forNow ?? [];
          if (before === undefined || question.answer !== undefined) continue;
          // Calls with arguments that come up only now are not followed into further such calls.
          this.#levels.frames = frameDepthMax - 1;
          this.#levels.framed = 0;
          const value = this.#searchFor(question, before.find);
          if (!isUnchanged(value, before.value)) isNew = true;
        }
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

  #question(thing: object, name: string): Question {
    if (name === '') return keep(this.#whole, thing, newQuestion);
    return keep(
      keep(this.#named, thing, () => new Map<string, Question>()),
      name,
      newQuestion,
    );
  }
}

/** Open questions that an answer for now is known to need. With more, its circle is a large one. */
const neededMax = 32;

/** Answers for now of one question, for different open questions. */
const forNowMax = 8;

interface Question {
  answer: JsValue | undefined;
  isOpen: boolean;
  /** The latest first. */
  forNow: ForNow[] | undefined;
}

/** What the answer that is searched for depends on so far. */
interface Search {
  /** Open questions that were answered with "unknown". */
  needed: Set<Question> | 'many' | undefined;
  givenUp: 'deep' | 'spent' | undefined;
}

interface ForNow extends Readonly<Search>, Readonly<Omit<Levels, 'framed'>> {
  readonly value: JsValue;
  readonly find: () => JsValue;
}

function needs(search: Search, question: Question): void {
  if (search.needed === 'many') return;
  search.needed ??= new Set();
  search.needed.add(question);
  if (search.needed.size > neededMax) search.needed = 'many';
}

function joins(search: Search, { needed, givenUp }: ForNow): void {
  if (needed === 'many') search.needed = 'many';
  else if (needed !== undefined) for (const question of needed) needs(search, question);
  if (givenUp !== undefined && search.givenUp !== 'spent') search.givenUp = givenUp;
}

// Compares in order and not deep: lists may hold lists, and a pass too many only costs time.
function isUnchanged(value: JsValue, before: JsValue, depth = 0): boolean {
  if (value === before) return true;
  if (value.kind !== before.kind || depth > comparedDepthMax) return false;
  if (value.kind === 'text' && before.kind === 'text') return value.text === before.text;
  if (value.kind === 'number' && before.kind === 'number') return value.number === before.number;
  if (value.kind === 'api' && before.kind === 'api') return value.name === before.name;
  if (value.kind === 'object' && before.kind === 'object')
    return value.node === before.node && value.frame === before.frame;
  const parts = partsOf(value);
  const others = partsOf(before);
  return (
    parts.length === others.length &&
    parts.every((part, at) => isUnchanged(part, others[at] ?? unknown, depth + 1))
  );
}

const comparedDepthMax = 2;

function partsOf(value: JsValue): readonly JsValue[] {
  if (value.kind === 'array') return value.items;
  return value.kind === 'union' ? alternatives(value) : [];
}

function newQuestion(): Question {
  return { answer: undefined, isOpen: false, forNow: undefined };
}
