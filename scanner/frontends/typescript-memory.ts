/** Remembers what questions were answered with, in a program whose answers may lead back to their questions. */
import { unknown, type Value } from './typescript-values.ts';

/** Answers that are not remembered since they rest on an open question; beyond, they are remembered as they are. */
const openAnswersMax = 100_000;

/**
 * Asked again inside itself, a question is answered with "unknown". What was found meanwhile rests on that, so it is remembered only
 * when the question that was cut off is itself answered (as in Tarjan's strongly connected components): `let a = b || x; let b = a`
 * gives x for both, whichever is asked first.
 */
export class Memory {
  readonly #known = new Map<object, Map<string, Value>>();
  readonly #open = new Map<object, Map<string, number>>();
  #height = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #openAnswers = 0;

  /** The answer to the question of this thing and name. */
  once(thing: object, name: string, find: () => Value): Value {
    const known = this.#known.get(thing)?.get(name);
    if (known !== undefined) return known;
    const open = this.#open.get(thing)?.get(name);
    if (open !== undefined) {
      this.#lowest = Math.min(this.#lowest, open);
      return unknown;
    }
    const here = this.#height++;
    const outside = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
    put(this.#open, thing, name, here);
    try {
      const value = find();
      if (this.#lowest >= here || this.#openAnswers >= openAnswersMax) put(this.#known, thing, name, value);
      else this.#openAnswers++;
      return value;
    } finally {
      this.#open.get(thing)?.delete(name);
      this.#height--;
      this.#lowest = Math.min(outside, this.#lowest < here ? this.#lowest : Number.POSITIVE_INFINITY);
    }
  }

  /** Says that an answer was given up, so that nothing that rests on it is remembered. */
  giveUp(): Value {
    this.#lowest = -1;
    return unknown;
  }
}

function put<Item>(map: Map<object, Map<string, Item>>, thing: object, name: string, item: Item): void {
  const items = map.get(thing);
  if (items === undefined) map.set(thing, new Map([[name, item]]));
  else items.set(name, item);
}
