/** Properties of Ant, Maven and MSBuild: texts that a build puts into its commands. */

import type { XmlElement } from './xml.ts';

const passesMax = 4;
const charsMax = 8_192;
const braces = /[$@]\{([^{}\s]{1,100})\}/g;
const reference = /[$@]\{([^{}\s]{1,100})\}|\$\(([\w.-]{1,100})\)/g;

/** The properties of one file. */
export class XmlProperties {
  // The first value counts in Ant, the last in MSBuild.
  readonly #first = new Map<string, string>();
  readonly #last = new Map<string, string>();

  readonly #asVariables: (text: string) => string;

  constructor(text: string, elements: readonly XmlElement[]) {
    // The root of MSBuild has a capital letter, those of Ant and Maven have none.
    const isMsbuild = text.startsWith('<Project', elements[0]?.at);
    this.#asVariables = isMsbuild ? withVariables(reference) : withVariables(braces);
    for (const { name, attributes, children } of elements) {
      const key = attributes.get('name') ?? attributes.get('property');
      const value = attributes.get('value') ?? attributes.get('default');
      if (key !== undefined && value !== undefined) this.#set(key, value);
      if (/^propert(ies|ygroup)$/.test(name))
        for (const child of children) this.#set(child.name, child.text.trim());
    }
  }

  #set(name: string, value: string): void {
    const key = name.toLowerCase();
    if (!this.#first.has(key)) this.#first.set(key, value);
    this.#last.set(key, value);
  }

  /** What may stand for a text: the text as written, and with the values of its properties. */
  get fills(): readonly ((text: string) => string)[] {
    return [
      this.#asVariables,
      (text) => this.#asVariables(resolved(text, this.#first)),
      (text) => this.#asVariables(resolved(text, this.#last)),
    ];
  }
}

function resolved(line: string, values: ReadonlyMap<string, string>): string {
  let text = line;
  for (let pass = 0; pass < passesMax && text.length < charsMax; pass++) {
    let room = charsMax;
    const next = text.replace(reference, (whole, one?: string, other?: string) => {
      const value = values.get((one ?? other ?? '').toLowerCase()) ?? whole;
      room -= value.length;
      return room < 0 ? whole : value;
    });
    if (next === text) break;
    text = next;
  }
  return text;
}

// To a shell, `$(name)` of MSBuild would be the output of a program.
function withVariables(pattern: RegExp): (text: string) => string {
  return (text) =>
    text.replace(pattern, (_, one?: string, other?: string) => {
      const name = typeof other === 'string' ? other : (one ?? '');
      return `\${${name.replace(/\W/g, '_')}}`;
    });
}
