import type { Heap } from './heap.ts';
import { Fields, saw } from './store.ts';
import type { Value } from './value.ts';

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
    return this.#own(name) ?? this.#outer?.get(name);
  }

  /** Sets a variable where it is, or here when nobody has it. */
  set(name: string, value: Value): void {
    this.#heap.set(this.#homeOf(name) ?? this, name, value);
  }

  /** Gives this function a variable of its own, whatever the functions around have. */
  declare(name: string, value: Value): void {
    this.#heap.set(this, name, value);
  }

  #own(name: string): Value | undefined {
    saw(this, name);
    return this.held.get(name);
  }

  #homeOf(name: string): Variables | undefined {
    if (this.#own(name) !== undefined) return this;
    return this.#outer === undefined ? undefined : this.#outer.#homeOf(name);
  }

  /** The values of all variables that are seen here. */
  get all(): ReadonlyMap<string, Value> {
    return new Map([...(this.#outer?.all ?? []), ...this.fields]);
  }
}
