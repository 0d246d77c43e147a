/** Variables of CMake, as far as the text sets them, and generator expressions. */

import type { CmakeArgument, CmakeCall } from './cmake.ts';

const charsMax = 8_192;
const passesMax = 4;

/** What is known at a place of a program. */
export class CmakeVariables {
  readonly #values = new Map<string, string>();

  /** Takes over what a call sets. */
  take({ name, arguments: all }: CmakeCall): void {
    const texts = all.map((argument) => this.resolved(argument));
    const [key = '', second = '', ...rest] = texts.map((words) => words.join(';'));
    if (name === 'set') this.#set(key, [second, ...rest]);
    else if (name === 'string' && key === 'CONCAT') this.#set(second, [rest.join('')]);
    else if (name === 'string' && key === 'APPEND')
      this.#set(second, [(this.#values.get(second) ?? '') + rest.join('')]);
    else if (name === 'list' && key === 'APPEND')
      this.#set(second, [this.#values.get(second) ?? '', ...rest]);
  }

  #set(name: string, words: readonly string[]): void {
    const end = words.findIndex((word) => /^(CACHE|PARENT_SCOPE)$/.test(word));
    const value = words.slice(0, end < 0 ? undefined : end).filter((word) => word !== '');
    const text = value.join(';');
    if (text.length <= charsMax) this.#values.set(name, text);
    else this.#values.delete(name);
  }

  /** The texts that an argument comes to. */
  resolved({ text, isPlain, isBracket }: CmakeArgument): string[] {
    if (isBracket) return [text];
    const whole = withoutGenerators(this.#filled(text));
    return isPlain ? whole.split(';').filter((part) => part !== '') : [whole];
  }

  #filled(text: string): string {
    if (!text.includes('${') || text.length > charsMax) return text;
    let room = charsMax;
    return text.replace(/\$\{([^${}]{1,100})\}/g, (whole, name: string) => {
      const value = this.#values.get(name) ?? whole;
      room -= value.length;
      return room < 0 ? whole : value;
    });
  }
}

// `$<1:text>`, `$<$<CONFIG:Debug>:text>`: what may come of them.
function withoutGenerators(text: string): string {
  if (!text.includes('$<') || text.length > charsMax) return text;
  let known = text;
  for (let pass = 0; pass < passesMax; pass++)
    known = known.replace(/\$<(?:[^<>:$]{0,80}:)?([^<>]{0,4000})>/g, '$1');
  return known;
}
