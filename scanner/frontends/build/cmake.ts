/**
 * Calls of a CMake program. Total and linear in the text. Source: cmake.org "cmake-language(7)".
 */

import type { UnreadPart } from './command-lines.ts';

export interface CmakeArgument {
  readonly text: string;
  /** Whether `;` parts it, and whether a variable in it may be several arguments. */
  readonly isPlain: boolean;
  /** Whether variables in it are replaced. */
  readonly isBracket: boolean;
  readonly at: number;
}

export interface CmakeCall {
  /** In small letters, as CMake reads it. */
  readonly name: string;
  readonly arguments: readonly CmakeArgument[];
  readonly at: number;
}

const argumentsMax = 100_000;

/** All calls in their order. */
export function parseCmake(text: string): {
  readonly calls: readonly CmakeCall[];
  readonly unread: UnreadPart | undefined;
} {
  const reader = new Reader(text);
  reader.read();
  return { calls: reader.calls, unread: reader.unread };
}

class Reader {
  readonly calls: CmakeCall[] = [];
  unread: UnreadPart | undefined;
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #name: { readonly text: string; readonly at: number } | undefined;
  #arguments: CmakeArgument[] = [];
  #count = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): void {
    while (this.#at < this.#text.length && this.#count < argumentsMax) this.#step();
    if (this.#at < this.#text.length) this.#fail('too many arguments of CMake');
    if (this.#depth > 0) this.#fail('a call of CMake that does not end');
    this.#end();
  }

  #step(): void {
    const at = this.#at;
    const letter = this.#text[at] ?? '';
    if (/\s/.test(letter)) this.#at += 1;
    else if (letter === '#') {
      this.#at += 1;
      if (this.#bracket() === undefined) this.#at = orEnd(this.#text.indexOf('\n', at), this.#text);
    } else if (letter === '(') {
      this.#at += 1;
      if (this.#depth > 0) this.#add('(', at);
      this.#depth += 1;
    } else if (letter === ')') {
      this.#at += 1;
      this.#depth -= 1;
      if (this.#depth > 0) this.#add(')', at);
      else this.#end();
    } else {
      const bracket = letter === '[' ? this.#bracket() : undefined;
      if (bracket !== undefined) this.#add(bracket, at, 'bracket');
      else if (letter === '"') this.#add(this.#quoted(), at, 'quoted');
      else this.#add(this.#unquoted(), at);
    }
  }

  #add(text: string, at: number, form?: 'quoted' | 'bracket'): void {
    this.#count += 1;
    if (this.#depth === 0) this.#name = { text, at };
    else
      this.#arguments.push({
        text,
        at,
        isPlain: form === undefined,
        isBracket: form === 'bracket',
      });
  }

  #end(): void {
    if (this.#name !== undefined && (this.#arguments.length > 0 || this.#depth === 0))
      this.calls.push({
        name: this.#name.text.toLowerCase(),
        arguments: this.#arguments,
        at: this.#name.at,
      });
    this.#name = undefined;
    this.#arguments = [];
    this.#depth = 0;
  }

  // `[[…]]`, `[==[…]==]`, from the bracket on.
  #bracket(): string | undefined {
    const open = /\[(=*)\[\n?/y;
    open.lastIndex = this.#at;
    const found = open.exec(this.#text);
    if (found === null) return undefined;
    const close = `]${found[1]}]`;
    const end = this.#text.indexOf(close, open.lastIndex);
    if (end < 0) this.#fail('a bracket of CMake that does not end');
    const text = this.#text.slice(open.lastIndex, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + close.length;
    return text;
  }

  #quoted(): string {
    const start = this.#at + 1;
    let at = start;
    while (at < this.#text.length && this.#text[at] !== '"') at += this.#text[at] === '\\' ? 2 : 1;
    if (at >= this.#text.length) this.#fail('a text of CMake that does not end');
    this.#at = Math.min(at + 1, this.#text.length);
    return unescaped(this.#text.slice(start, at));
  }

  #unquoted(): string {
    const start = this.#at;
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at] ?? '';
      if (letter === '"') this.#quoted();
      else if (/[\s()#]/.test(letter)) break;
      else this.#at = Math.min(this.#at + (letter === '\\' ? 2 : 1), this.#text.length);
    }
    return unescaped(this.#text.slice(start, this.#at));
  }

  #fail(reason: string): void {
    this.unread ??= { at: Math.min(this.#at, this.#text.length), reason };
  }
}

function orEnd(at: number, text: string): number {
  return at < 0 ? text.length : at;
}

const letters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' };

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (_, letter: string) => letters[letter] ?? letter);
}
