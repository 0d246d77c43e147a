/** References in XML: numbers of characters, the five names, and what the document declares. */

const charsMax = 64 * 1024;
const depthMax = 8;
const known: readonly (readonly [string, string])[] = [
  ['quot', '"'],
  ['apos', "'"],
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
];

/** The entities of one document. */
export class XmlEntities {
  // Undefined: a value that is elsewhere, or that has elements in it.
  readonly #values = new Map<string, string | undefined>(known);
  #charsLeft = charsMax;
  // A parameter entity may declare anything.
  #isOpen = false;

  /**
   * Reads the entities of a document type.
   * @returns the offset behind the document type; undefined when it does not end
   */
  declare(text: string, start: number): number | undefined {
    const mark = /["'<>[\]%]/g;
    mark.lastIndex = start + '<!DOCTYPE'.length;
    let isInside = false;
    for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
      const [letter] = found;
      const at = found.index;
      if (letter === '[') isInside = true;
      else if (letter === ']') isInside = false;
      else if (letter === '%') this.#isOpen = true;
      else if (letter === '>' && !isInside) return at + 1;
      else if (letter === '"' || letter === "'") {
        const end = text.indexOf(letter, at + 1);
        if (end < 0) return undefined;
        mark.lastIndex = end + 1;
      } else if (text.startsWith('<!--', at)) {
        const end = text.indexOf('-->', at);
        if (end < 0) return undefined;
        mark.lastIndex = end;
      } else if (letter === '<') mark.lastIndex = this.#entity(text, at) ?? at + 1;
    }
    return undefined;
  }

  #entity(text: string, at: number): number | undefined {
    const form = /<!ENTITY\s+([^\s%"'<>]+)\s+(?:"([^"]*)"|'([^']*)'|(?:SYSTEM|PUBLIC)\b)/y;
    form.lastIndex = at;
    const found = form.exec(text);
    const name = found?.[1];
    if (found === null || name === undefined) return undefined;
    const value = found[2] ?? found[3];
    const plain = value === undefined ? undefined : withNumbers(value);
    // The first declaration counts.
    if (!this.#values.has(name))
      this.#values.set(name, plain === undefined || plain.includes('<') ? undefined : plain);
    return form.lastIndex;
  }

  /** A text with its references replaced; undefined when one is not known, or beyond a bound. */
  expand(text: string, depth = 0): string | undefined {
    if (!text.includes('&')) return text;
    if (depth > depthMax) return undefined;
    let failed = false;
    const all = text.replace(/&([^\s&;<]{1,80});/g, (whole, name: string) => {
      const value = name.startsWith('#') ? withNumbers(whole) : this.#valueOf(name, depth);
      if (value === undefined || (this.#isOpen && !name.startsWith('#'))) failed = true;
      return value ?? whole;
    });
    return failed ? undefined : all;
  }

  #valueOf(name: string, depth: number): string | undefined {
    const value = this.#values.get(name);
    if (value === undefined || known.some(([one]) => one === name)) return value;
    this.#charsLeft -= 1 + value.length;
    return this.#charsLeft < 0 ? undefined : this.expand(value, depth + 1);
  }
}

function withNumbers(text: string): string | undefined {
  let failed = false;
  const all = text.replace(
    /&#(?:[xX]([0-9a-fA-F]{1,8})|(\d{1,8}));/g,
    (whole, hex: string | undefined, decimal: string | undefined) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      if (code > 0x10ffff) failed = true;
      return code > 0x10ffff ? whole : String.fromCodePoint(code);
    },
  );
  return failed ? undefined : all;
}
