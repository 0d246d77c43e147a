/**
 * Which functions come to nodes of a flow graph. Nodes that come to one another have the same
 * functions, and equal sets are one object, so that a large program needs few sets.
 *
 * Source: R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM J. Comput. 1972.
 */

import { keep } from '../../../fact/remembered.ts';
import type { Steps } from '../../../fact/steps.ts';
import type { Functionish } from '../syntax.ts';

/** Functions in a fixed order. Equal sets of one `FunctionSets` are the same object. */
export type FunctionSet = readonly Functionish[];

/** The edges of a graph, from their ends. */
export type EdgesBack = ReadonlyMap<string, readonly string[]>;

export class FunctionSets {
  readonly #functions: ReadonlyMap<string, Functionish>;
  readonly #steps: Steps;
  readonly #numbers = new Map<Functionish, number>();
  readonly #sets = new Map<string, FunctionSet>();
  readonly #numbersOfSets = new Map<FunctionSet, number>();
  readonly #unions = new Map<string, FunctionSet>();
  readonly #none = this.#setOf([]);

  /** @param functions the functions that are values of nodes */
  constructor(functions: ReadonlyMap<string, Functionish>, steps: Steps) {
    this.#functions = functions;
    this.#steps = steps;
  }

  /** Finds the functions that come to a node by the present edges. */
  by(before: EdgesBack): (node: string) => FunctionSet {
    const found = new Map<string, FunctionSet>();
    const order = new Map<string, number>();
    return (node) => found.get(node) ?? this.#find(node, before, { found, order });
  }

  /** The functions of a set that another one does not have. */
  without(set: FunctionSet, other: FunctionSet | undefined): FunctionSet {
    if (other === undefined || other.length === 0 || set === other)
      return set === other ? this.#none : set;
    const numbers = `${this.#numbersOfSets.get(set)} without ${this.#numbersOfSets.get(other)}`;
    return keep(this.#unions, numbers, () => {
      this.#steps.take(set.length + other.length);
      const known = new Set(other);
      return this.#setOf(set.filter((one) => !known.has(one)));
    });
  }

  #find(start: string, before: EdgesBack, { found, order }: Visited): FunctionSet {
    const waiting: string[] = [];
    const enter = (node: string): Visit => {
      this.#steps.take();
      const own = this.#functions.get(node);
      const number = order.size;
      order.set(node, number);
      waiting.push(node);
      return {
        node,
        number,
        lowest: number,
        // Where a function is a value, whatever else comes there is only a part of that function.
        from: own === undefined ? (before.get(node) ?? []) : [],
        next: 0,
        sets: new Set(own === undefined ? [] : [this.#setOf([own])]),
      };
    };
    const open = [enter(start)];
    for (let visit = open.at(-1); visit !== undefined; visit = open.at(-1)) {
      const from = visit.from[visit.next++];
      if (from !== undefined) {
        this.#steps.take();
        const known = found.get(from);
        const number = order.get(from);
        if (known !== undefined) visit.sets.add(known);
        else if (number === undefined) open.push(enter(from));
        else visit.lowest = Math.min(visit.lowest, number);
        continue;
      }
      open.pop();
      const outer = open.at(-1);
      if (visit.lowest < visit.number) {
        if (outer === undefined) continue;
        outer.lowest = Math.min(outer.lowest, visit.lowest);
        for (const set of visit.sets) outer.sets.add(set);
        this.#steps.take(visit.sets.size);
        continue;
      }
      const set = this.#unionOf(visit.sets);
      for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
        found.set(node, set);
        if (node === visit.node) break;
      }
      outer?.sets.add(set);
    }
    return found.get(start) ?? this.#none;
  }

  #unionOf(sets: ReadonlySet<FunctionSet>): FunctionSet {
    const parts = [...sets].filter((set) => set !== this.#none);
    const [first = this.#none] = parts;
    if (parts.length <= 1) return first;
    this.#steps.take(parts.length);
    const numbers = parts.map((part) => this.#numbersOfSets.get(part) ?? 0).sort((a, b) => a - b);
    return keep(this.#unions, numbers.join(' '), () => {
      this.#steps.take(parts.reduce((sum, part) => sum + part.length, 0));
      return this.#setOf(new Set(parts.flat()));
    });
  }

  #setOf(functions: Iterable<Functionish>): FunctionSet {
    const numbered = [...functions]
      .map((one) => ({ one, number: keep(this.#numbers, one, () => this.#numbers.size) }))
      .sort((a, b) => a.number - b.number);
    return keep(this.#sets, numbered.map(({ number }) => number).join(' '), () => {
      const set = numbered.map(({ one }) => one);
      this.#numbersOfSets.set(set, this.#numbersOfSets.size);
      return set;
    });
  }
}

interface Visited {
  readonly found: Map<string, FunctionSet>;
  /** The number of each visited node. */
  readonly order: Map<string, number>;
}

interface Visit {
  readonly node: string;
  readonly number: number;
  /** The least number of an open node that comes to this one. */
  lowest: number;
  readonly from: readonly string[];
  next: number;
  readonly sets: Set<FunctionSet>;
}
