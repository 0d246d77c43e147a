/**
 * Methods that a pickle gives to its objects: with `__setstate__`, `append` or `__setitem__` set to
 * a function, an instruction that only fills an object calls that function.
 */

import type { PickleBudget, PickleValue } from './pickle-text.ts';

/** The functions that objects of one pickle may call when they are filled. */
export class PickleHooks {
  readonly #budget: PickleBudget;
  readonly #byOwner = new Map<string, Set<string>>();

  constructor(budget: PickleBudget) {
    this.#budget = budget;
  }

  /** The functions that filling this object may call. */
  of(owner: string): readonly string[] {
    return [...(this.#byOwner.get(owner) ?? [])];
  }

  /** The state of an object may name its methods. */
  add(owner: string, state: readonly PickleValue[]): void {
    this.#give(owner, this.#namesIn(state).names);
  }

  /** A call gives its result what it was given: `type("T", (), {"__setstate__": f})`. */
  pass(callee: string, given: readonly PickleValue[], result: string): void {
    this.#give(result, this.of(callee));
    const { names, hasMethods } = this.#namesIn(given);
    for (const name of names) this.#give(result, this.of(name));
    if (!hasMethods) return;
    this.#give(result, names);
    for (const name of names) this.#give(name, names);
  }

  #give(owner: string, names: readonly string[]): void {
    if (names.length === 0 || !this.#budget.takeWork(names.length)) return;
    const known = this.#byOwner.get(owner) ?? new Set();
    this.#byOwner.set(owner, known);
    for (const name of names) if (name !== owner) known.add(name);
  }

  #namesIn(values: readonly PickleValue[]): { names: string[]; hasMethods: boolean } {
    const names = new Set<string>();
    const seen = new Set<PickleValue>();
    const left = [...values];
    let hasMethods = false;
    for (let value = left.pop(); value !== undefined; value = left.pop()) {
      if (!this.#budget.takeWork()) break;
      if ('name' in value) names.add(value.name);
      if ('string' in value) hasMethods ||= methods.has(value.string);
      if (!('items' in value) || seen.has(value)) continue;
      seen.add(value);
      if (!this.#budget.takeWork(value.items.length)) break;
      for (const item of value.items) left.push(item);
    }
    return { names: [...names], hasMethods };
  }
}

/** Methods that the instructions of a pickle call. Source: `pickle.py`, `_Unpickler`. */
const methods: ReadonlySet<string> = new Set([
  '__setstate__',
  '__setattr__',
  '__setitem__',
  '__new__',
  '__getattribute__',
  '__getattr__',
  'append',
  'extend',
  'add',
  'update',
]);
