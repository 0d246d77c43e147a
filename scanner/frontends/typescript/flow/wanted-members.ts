/** Which members of objects are read, and what their holders are given. */

/** A variable, parameter or result, which is given values. */
export interface Holder {
  /** The node of the whole value. */
  readonly id: string;
  /** The node of one member; `*` has the values of which no members are known. */
  member(name: string): string;
  /** Nothing changes its value, so items of a list keep their places: `[0]`, `[1]`. */
  readonly isFixed: boolean;
}

/** Members that are followed apart for one holder. Beyond, its whole value stands for each. */
const membersMax = 64;

/** The members that are read, and the values that have them. */
export class WantedMembers<Given> {
  readonly #given = new Map<string, Given[]>();
  readonly #wanted = new Map<string, Map<string, string>>();
  readonly #open: { readonly given: Given; readonly name: string; readonly to: string }[] = [];

  /** Notes that a holder gets a value of which the members are followed. */
  give(holder: Holder, given: Given): void {
    const list = this.#given.get(holder.id) ?? [];
    this.#given.set(holder.id, list);
    list.push(given);
    for (const [name, to] of this.#wanted.get(holder.id) ?? [])
      this.#open.push({ given, name, to });
  }

  /** The nodes from which a member of a holder is read. */
  of(holder: Holder, name: string): readonly string[] {
    const wanted = this.#wanted.get(holder.id) ?? new Map<string, string>();
    this.#wanted.set(holder.id, wanted);
    const known = wanted.get(name);
    if (known !== undefined) return [known, holder.member('*')];
    if (wanted.size >= membersMax) return [holder.id];
    const to = holder.member(name);
    wanted.set(name, to);
    for (const given of this.#given.get(holder.id) ?? []) this.#open.push({ given, name, to });
    return [to, holder.member('*')];
  }

  /** Each member that is read, with each value that may have it; also those found meanwhile. */
  *settle(): Iterable<{ readonly given: Given; readonly name: string; readonly to: string }> {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) yield next;
  }
}
