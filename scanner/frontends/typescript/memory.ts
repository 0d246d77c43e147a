/**
 * Remembers answers to questions about a program, where an answer may depend on its own question.
 */
import { type JsValue, unknown } from './values/values.ts';

/**
 * Answers that are not remembered because they depend on an open question. Beyond this number they
 * are remembered all the same.
 */
const openAnswersMax = 100_000;

/**
 * A question that is asked again inside itself is answered with "unknown". Answers found meanwhile
 * depend on that, so they are remembered only after the interrupted question itself is answered (as
 * in Tarjan's strongly connected components): `let a = b || x; let b = a` gives x for both, in
 * either order.
 */
export class Memory {
  readonly #known = new Answers<JsValue>();
  readonly #open = new Answers<number>();
  #height = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #openAnswers = 0;

  /** The answer to the question about this thing and name. */
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

  /** Reports that an answer was given up, so that no answer that depends on it is remembered. */
  giveUp(): JsValue {
    this.#lowest = -1;
    return unknown;
  }
}

// Most questions are about a whole thing. They have no name and need no map of names.
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
