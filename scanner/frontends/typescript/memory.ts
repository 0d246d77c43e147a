/**
 * Remembers what questions were answered with, in a program whose answers may lead back to their
 * questions.
 */
import { type JsValue, unknown } from './values/values.ts';

/**
 * Answers that are not remembered since they rest on an open question; beyond, they are remembered
 * as they are.
 */
const openAnswersMax = 100_000;

/**
 * Asked again inside itself, a question is answered with "unknown". What was found meanwhile rests
 * on that, so it is remembered only when the question that was cut off is itself answered (as in
 * Tarjan's strongly connected components): `let a = b || x; let b = a` gives x for both, whichever
 * is asked first.
 */
export class Memory {
  readonly #known = new Answers<JsValue>();
  readonly #open = new Answers<number>();
  #height = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #openAnswers = 0;

  /** The answer to the question of this thing and name. */
  once(thing: object, name: string, find: () => JsValue): JsValue {
    const known = this.#known.of(thing, name);
    if (known !== undefined) return known;
    const open = this.#open.of(thing, name);
    if (open !== undefined) {
      this.#lowest = Math.min(this.#lowest, open);
      return unknown;
    }
    const here = this.#height++;
    const outside = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#open.put(thing, name, here);
    try {
      const value = find();
      if (this.#lowest >= here || this.#openAnswers >= openAnswersMax)
        this.#known.put(thing, name, value);
      else this.#openAnswers++;
      return value;
    } finally {
      this.#open.delete(thing, name);
      this.#height--;
      this.#lowest = Math.min(
        outside,
        this.#lowest < here ? this.#lowest : Number.POSITIVE_INFINITY,
      );
    }
  }

  /** Says that an answer was given up, so that nothing that rests on it is remembered. */
  giveUp(): JsValue {
    this.#lowest = -1;
    return unknown;
  }
}

// Most questions are about a thing as a whole: those have no name, and need no map of names.
class Answers<Item> {
  readonly #whole = new Map<object, Item>();
  readonly #named = new Map<object, Map<string, Item>>();

  of(thing: object, name: string): Item | undefined {
    return name === '' ? this.#whole.get(thing) : this.#named.get(thing)?.get(name);
  }

  put(thing: object, name: string, item: Item): void {
    const items = this.#named.get(thing);
    if (name === '') this.#whole.set(thing, item);
    else if (items === undefined) this.#named.set(thing, new Map([[name, item]]));
    else items.set(name, item);
  }

  delete(thing: object, name: string): void {
    if (name === '') this.#whole.delete(thing);
    else this.#named.get(thing)?.delete(name);
  }
}
