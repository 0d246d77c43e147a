import type { Heap } from './heap.ts';
import { Fields } from './store.ts';
import { countWork, type Value } from './value.ts';

/** What it takes to give all variables. */
const workPerVariable = 8;

/** The variables of a function, inside those of the functions around it. */
export class Variables extends Fields {
  override readonly isVariables = true;
  readonly #heap: Heap;
  readonly #outer: Variables | undefined;

  constructor(heap: Heap, outer?: Variables) {
    super();
    this.#heap = heap;
    this.#outer = outer;
  }

  get(name: string): Value | undefined {
    this.#heap.uses(this, name);
    return this.held.get(name) ?? this.#outer?.get(name);
  }

  /** Sets a variable where it is, or here when nobody has it. */
  set(name: string, value: Value): void {
    this.#heap.set(this.#homeOf(name) ?? this, name, value);
  }

  /** Gives this function a variable of its own, whatever the functions around have. */
  declare(name: string, value: Value): void {
    this.#heap.set(this, name, value);
  }

  #homeOf(name: string): Variables | undefined {
    if (this.held.has(name)) return this;
    return this.#outer === undefined ? undefined : this.#outer.#homeOf(name);
  }

  /** The values of all variables that are seen here. */
  get all(): ReadonlyMap<string, Value> {
    countWork(workPerVariable * this.held.size);
    for (const name of this.held.keys()) this.#heap.uses(this, name);
    return new Map([...(this.#outer?.all ?? []), ...this.held]);
  }
}
