/**
 * Remembers answers to questions about a program, where an answer may depend on its own question.
 */
import { keep } from '../../fact/remembered.ts';
import { type JsValue, unknown } from './values/values.ts';

/**
 * Answers that are not remembered because they depend on an open question. Beyond this number they
 * are remembered all the same: where each value depends on each other, the number of ways to ask
 * is exponential. A lower limit is cheaper on honest programs, but seven variables that name each
 * other would use up 5,000.
 */
const openAnswersMax = 100_000;

/**
 * A question that is asked again inside itself is answered with "unknown". Answers found meanwhile
 * depend on that, so they are remembered only after the interrupted question itself is answered (as
 * in Tarjan's strongly connected components): `let a = b || x; let b = a` gives x for both, in
 * either order.
 */
export class Memory {
  // Most questions are about a whole thing. They have no name and need no map of names.
  readonly #whole = new Map<object, Question>();
  readonly #named = new Map<object, Map<string, Question>>();
  #height = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #openAnswers = 0;

  /** The answer to the question about this thing and name. */
  once(thing: object, name: string, find: () => JsValue): JsValue {
    const question = this.#question(thing, name);
    if (question.answer !== undefined) return question.answer;
    if (question.open !== undefined) {
      this.#lowest = Math.min(this.#lowest, question.open);
      return unknown;
    }
    const here = this.#height++;
    const outside = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
    question.open = here;
    try {
      const value = find();
      if (this.#lowest >= here || this.#openAnswers >= openAnswersMax) question.answer = value;
      else this.#openAnswers++;
      return value;
    } finally {
      question.open = undefined;
      this.#height--;
      this.#lowest = Math.min(
        outside,
        this.#lowest < here ? this.#lowest : Number.POSITIVE_INFINITY,
      );
    }
  }

  /** Reports that an answer was given up, so that no answer that depends on it is remembered. */
  giveUp(): JsValue {
    this.#lowest = -1;
    return unknown;
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

interface Question {
  answer: JsValue | undefined;
  /** The number of questions around it, while it is being answered. */
  open: number | undefined;
}

function newQuestion(): Question {
  return { answer: undefined, open: undefined };
}
