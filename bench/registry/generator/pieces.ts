/** Texts of a template, cut where its clones differ from it. */

/** Literal texts, and the numbers of the variables between them. */
export type Pieces = readonly (string | number)[];

/** What distinguishes a clone from its template: each variable is a text of the template. */
export class Variables {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #any: RegExp;
  readonly #texts: readonly string[];

  /** @param texts of the template; where two begin at the same place, the earlier one counts */
  constructor(texts: readonly string[]) {
    this.#texts = [...new Set(texts)];
    this.#numbers = new Map(this.#texts.map((text, number) => [text, number]));
    this.#any = new RegExp(this.#texts.map(escaped).join('|'), 'g');
  }

  get count(): number {
    return this.#texts.length;
  }

  /** The number of a variable, by its text in the template. */
  numberOf(text: string): number {
    const number = this.#numbers.get(text);
    if (number === undefined) throw new Error(`${text} is no variable of the template`);
    return number;
  }

  /** The texts that the template has for the variables. */
  own(): string[] {
    return [...this.#texts];
  }

  cut(text: string): Pieces {
    const pieces: (string | number)[] = [];
    let from = 0;
    for (const { 0: found, index } of text.matchAll(this.#any)) {
      if (index > from) pieces.push(text.slice(from, index));
      pieces.push(this.numberOf(found));
      from = index + found.length;
    }
    if (from < text.length || pieces.length === 0) pieces.push(text.slice(from));
    return pieces;
  }
}

/** The text of a clone. */
export function fill(pieces: Pieces, values: readonly string[]): string {
  let text = '';
  for (const piece of pieces) text += typeof piece === 'string' ? piece : (values[piece] ?? '');
  return text;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
