import { either, nil, type Value } from './value.ts';

export class Variables {
  readonly #outer: Variables | undefined;
  /** A branch: what it sets is joined into the environment around when it ends. */
  readonly #isBranch: boolean;
  readonly #values = new Map<string, Value>();

  constructor(outer?: Variables, isBranch = false) {
    this.#outer = outer;
    this.#isBranch = isBranch;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name) ?? this.#outer?.get(name);
  }

  /** Sets a variable where it is, or here when nobody has it. */
  set(name: string, value: Value): void {
    const home = this.#isBranch ? this : (this.#homeOf(name) ?? this);
    home.#values.set(name, value);
  }

  /** Gives this function a variable of its own, whatever the functions around have. */
  declare(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  #homeOf(name: string): Variables | undefined {
    if (this.#values.has(name)) return this;
    // Up to the nearest branch: what is set beyond it is set in the branch.
    if (this.#outer === undefined) return undefined;
    if (this.#outer.#isBranch) return this.#outer.get(name) === undefined ? undefined : this.#outer;
    return this.#outer.#homeOf(name);
  }

  /** The values of all variables that are seen here. */
  get all(): ReadonlyMap<string, Value> {
    return new Map([...(this.#outer?.all ?? []), ...this.#values]);
  }

  branch(): Variables {
    return new Variables(this, true);
  }

  /** Takes over what one of the branches has set; `isOnly` when one of them is surely run. */
  join(branches: readonly Variables[], isOnly: boolean): void {
    const names = new Set(branches.flatMap((branch) => [...branch.#values.keys()]));
    for (const name of names) {
      const before = this.get(name);
      const values = branches.map((branch) => branch.#values.get(name) ?? before ?? nil);
      const all = isOnly || before === undefined ? values : [...values, before];
      this.set(name, either(all));
    }
  }

  /** The names that a branch has set. */
  get changed(): ReadonlyMap<string, Value> {
    return this.#values;
  }
}
