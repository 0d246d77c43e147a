/** Writes to a member through a second name of an object: a parameter, or another variable. */
import type { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';

/** A second name of the object that an expression names. */
interface OtherName<Place> {
  readonly place: Place;
  /** The call that passes the object; undefined within a function. */
  readonly call: string | undefined;
}

/** A write to a member through a name. */
export interface WrittenMember<Place> extends OtherName<Place> {
  readonly member: string;
  /** The node of what is written. */
  readonly from: string;
}

export class WritesBack<Place> {
  readonly #writes = new Map<ts.Symbol, { readonly member: string; readonly from: string }[]>();
  readonly #known = new Map<ts.Symbol, Set<string>>();
  readonly #names = new Map<ts.Symbol, OtherName<Place>[]>();
  readonly #open: WrittenMember<Place>[] = [];

  /** Notes that a name stands for an object which another expression names as well. */
  link(name: ts.Symbol, other: OtherName<Place>): void {
    push(this.#names, name, other);
    for (const write of this.#writes.get(name) ?? []) this.#open.push({ ...other, ...write });
  }

  /** Notes a write to a member of the object that a name stands for. */
  write(name: ts.Symbol, member: string, from: string): void {
    const known = this.#known.get(name) ?? new Set<string>();
    this.#known.set(name, known);
    const key = `${member} ${from}`;
    if (known.has(key)) return;
    known.add(key);
    push(this.#writes, name, { member, from });
    for (const other of this.#names.get(name) ?? []) this.#open.push({ ...other, member, from });
  }

  /** Each write with each further name of its object; also those found meanwhile. */
  *settle(steps: Steps): Iterable<WrittenMember<Place>> {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      steps.take();
      yield next;
    }
  }
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
