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
  readonly name: ts.Symbol;
  readonly member: string;
}

/** Members that are followed apart for one name. Further ones are written as any member. */
const membersMax = 32;

export class WritesBack<Place> {
  readonly #members = new Map<ts.Symbol, Set<string>>();
  readonly #names = new Map<ts.Symbol, OtherName<Place>[]>();
  readonly #open: WrittenMember<Place>[] = [];

  /** Notes that a name stands for an object which another expression names as well. */
  link(name: ts.Symbol, other: OtherName<Place>): void {
    const names = this.#names.get(name) ?? [];
    this.#names.set(name, names);
    names.push(other);
    for (const member of this.#members.get(name) ?? []) this.#open.push({ ...other, name, member });
  }

  /**
   * Notes a write to a member of the object that a name stands for.
   * @returns the member that stands for it: `*` where the name has too many
   */
  write(name: ts.Symbol, member: string): string {
    const members = this.#members.get(name) ?? new Set<string>();
    this.#members.set(name, members);
    if (members.has(member)) return member;
    const kept = members.size < membersMax ? member : '*';
    if (members.has(kept)) return kept;
    members.add(kept);
    for (const other of this.#names.get(name) ?? [])
      this.#open.push({ ...other, name, member: kept });
    return kept;
  }

  /** Each written member with each further name of its object; also those found meanwhile. */
  *settle(steps: Steps): Iterable<WrittenMember<Place>> {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      steps.take();
      yield next;
    }
  }
}
