/** The code of one tag of Jinja as Python. Texts that are put together are folded. */
import { present } from '../../fact/remembered.ts';
import {
  foldText,
  formatted,
  type JinjaValue,
  quoteEnd,
  type TemplateBudget,
  unknownValue,
} from './jinja-value.ts';

// The tokens of an expression of Jinja.

/** Splits an expression into tokens. Linear in the text. */
function jinjaTokens(text: string): string[] {
  const tokens: string[] = [];
  const plain = /\s+|[A-Za-z_]\w*|\d[\d._]*|\/\/|\*\*|[<>=!]=|./gsy;
  for (let at = 0; at < text.length; at = plain.lastIndex) {
    const letter = text[at] ?? '';
    const end = /["']/.test(letter) ? quoteEnd(text, at, letter, false) : -1;
    plain.lastIndex = at;
    const token = end < 0 ? (plain.exec(text)?.[0] ?? letter) : text.slice(at, end + 1);
    plain.lastIndex = at + token.length;
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}

/** The text that a token in quotes stands for, as Python reads it. */
function jinjaText(token: string): string {
  return token
    .slice(1, -1)
    .replace(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(.))/gs,
      (all, x?: string, u?: string, long?: string, octal?: string, letter?: string) => {
        const digits = x ?? u ?? long;
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
        if (digits === undefined) return escapes[letter ?? ''] ?? letter ?? '';
        const code = Number.parseInt(digits, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : all;
      },
    );
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' };

/** What a template set so far. */
export type JinjaNames = Map<string, JinjaValue>;

/** Reads the code of one tag. What it does not know is left out, and the rest is read. */
export class JinjaExpression {
  readonly #tokens: readonly string[];
  readonly #names: JinjaNames;
  readonly #budget: TemplateBudget;
  #at = 0;
  #depth = 0;
  /** The first of Python's own names by which it leaves the template. */
  reaches: string | undefined;

  constructor(text: string, names: JinjaNames, budget: TemplateBudget) {
    this.#tokens = jinjaTokens(text);
    this.#names = names;
    this.#budget = budget;
    if (/^[-+]$/.test(this.#tokens[0] ?? '')) this.#at = 1;
  }

  /** A statement: its code is an expression behind its name. */
  statement(): string[] {
    const name = this.#tokens[this.#at] ?? '';
    if (/^end|^(else|raw)$/.test(name)) return [];
    this.#at += 1;
    if (name === 'set' && !this.#tokens.includes('=')) this.#setBlock();
    if (name === 'for') this.#loop();
    return this.lines();
  }

  /** Each value of the tag, in Python. */
  lines(): string[] {
    const lines: string[] = [];
    while (this.#at < this.#tokens.length && this.#budget.exceeded === undefined) {
      const before = this.#at;
      const name = this.#tokens[before + 1] === '=' ? (this.#tokens[before] ?? '') : '';
      const isSet = /^[A-Za-z_]/.test(name);
      if (isSet) this.#at += 2;
      const value = this.read();
      if (isSet) this.#names.set(name, value);
      if (this.#at === before) this.#at += 1;
      else lines.push(isSet ? `${name} = ${value.text}` : value.text);
    }
    return lines;
  }

  read(): JinjaValue {
    if (this.#depth > depthMax) {
      this.#budget.end('a template whose values are nested too deep');
      return unknownValue;
    }
    this.#depth += 1;
    let value = this.#product();
    for (;;) {
      const operator = this.#tokens[this.#at] ?? '';
      if (!/^(~|[-+]|[<>=!]=?|and|or|in|is|not|if|else)$/.test(operator)) break;
      this.#at += 1;
      value = this.#joined(value, operator, this.#product());
    }
    this.#depth -= 1;
    return value;
  }

  #product(): JinjaValue {
    let value = this.#operand();
    for (;;) {
      const operator = this.#tokens[this.#at] ?? '';
      if (!/^([*/%]|\/\/|\*\*)$/.test(operator)) return value;
      this.#at += 1;
      value = this.#joined(value, operator, this.#operand());
    }
  }

  // `for name in …`: the name may be each of the texts.
  #loop(): void {
    const end = this.#tokens.indexOf('in', this.#at);
    if (end < 0) return;
    const hasTexts = this.#tokens.slice(end).some((token) => /^["']/.test(token));
    for (const name of this.#tokens.slice(this.#at, end))
      if (/^[A-Za-z_]/.test(name)) this.#names.set(name, { text: name, isComputed: hasTexts });
    this.#at = end + 1;
  }

  // `{% set name %}` gives a name to what the template writes until the end of the block.
  #setBlock(): void {
    const name = this.#tokens[this.#at] ?? '';
    if (/^[A-Za-z_]/.test(name)) this.#names.set(name, { text: name, isComputed: true });
    this.#at += 1;
  }

  #joined(left: JinjaValue, operator: string, right: JinjaValue): JinjaValue {
    const { constant } = left;
    const other = right.constant;
    if (constant !== undefined) {
      if (/^[~+]$/.test(operator) && other !== undefined)
        return this.#budget.constant(constant + other);
      if (operator === '~' && /^\d{1,15}$/.test(right.text))
        return this.#budget.constant(constant + right.text);
      const list = right.list ?? (other === undefined ? undefined : [other]);
      if (operator === '%' && list !== undefined)
        return this.#budget.constant(formatted(constant, list));
      if (operator === '*' && /^\d{1,6}$/.test(right.text)) {
        const length = constant.length * Number(right.text);
        return this.#budget.take(length)
          ? this.#budget.constant(constant.repeat(Number(right.text)))
          : unknownValue;
      }
    }
    const isComputed =
      /^(~|[-+*%]|if|else|or|and)$/.test(operator) && (isText(left) || isText(right));
    const python = operator === '~' ? '+' : operator === '=' ? '==' : operator;
    return { text: `${left.text} ${python} ${right.text}`, isComputed };
  }

  #operand(): JinjaValue {
    let prefix = '';
    while (/^(not|[-+])$/.test(this.#tokens[this.#at] ?? '')) {
      prefix = this.#tokens[this.#at] === 'not' ? 'not ' : '-';
      this.#at += 1;
    }
    const value = this.#chain();
    return prefix === '' ? value : { text: `${prefix}${value.text}` };
  }

  #chain(): JinjaValue {
    let value = this.#primary();
    for (;;) {
      const mark = this.#tokens[this.#at];
      if (mark === '.') {
        const name = this.#tokens[this.#at + 1] ?? '';
        this.#at += 2;
        value = this.#member(value, name);
      } else if (mark === '[') {
        value = this.#subscript(value);
      } else if (mark === '(') {
        const given = this.#list(')');
        value = this.#called(value, given);
      } else if (mark === '|') {
        const name = this.#tokens[this.#at + 1] ?? '';
        this.#at += 2;
        const given = this.#tokens[this.#at] === '(' ? this.#list(')') : [];
        value = this.#filtered(value, name, given);
      } else return value;
    }
  }

  #primary(): JinjaValue {
    const first = this.#tokens[this.#at];
    if (first === undefined || /^[)\],:}=|.]$/.test(first)) return unknownValue;
    const close = brackets.get(first);
    if (close !== undefined) return this.#items(first, close);
    this.#at += 1;
    if (/^["']./s.test(first)) return this.#text(jinjaText(first));
    if (/^[A-Za-z_]/.test(first)) {
      const known = this.#names.get(first);
      if (known === undefined) return { text: first };
      if (known.constant !== undefined) return this.#budget.constant(known.constant);
      return known.path === undefined || !this.#budget.take(known.path.length)
        ? { ...known, text: first }
        : { ...known, text: known.path };
    }
    return { text: /^\d/.test(first) ? first : 'None' };
  }

  // Texts that stand next to each other are one.
  #text(text: string): JinjaValue {
    const parts = [text];
    for (; /^["']./s.test(this.#tokens[this.#at] ?? ''); this.#at++)
      parts.push(jinjaText(this.#tokens[this.#at] ?? ''));
    return this.#budget.constant(parts.join(''));
  }

  #items(open: string, close: string): JinjaValue {
    const isMap = open === '{';
    const items = this.#list(close);
    const [only] = items;
    if (open === '(' && items.length === 1 && only !== undefined) return only;
    const list = items.flatMap(({ constant }) => present(constant));
    const text = `[${items.map((item) => item.text).join(', ')}]`;
    return list.length === items.length && !isMap ? { text, list } : { text };
  }

  // `x[::-1]` turns a text round.
  #subscript(owner: JinjaValue): JinjaValue {
    const range = this.#tokens.slice(this.#at + 1, this.#at + 6).join('');
    if (range === '::-1]' && owner.constant !== undefined) {
      this.#at += 6;
      return this.#budget.constant([...owner.constant].reverse().join(''));
    }
    const index = this.#list(']')[0] ?? unknownValue;
    if (index.constant !== undefined && /^[A-Za-z_]\w*$/.test(index.constant))
      return this.#member(owner, index.constant);
    const isComputed = owner.isComputed === true || owner.constant !== undefined;
    return {
      text: `${owner.text}[${index.text}]`,
      isComputed,
      isAnything: isAnything(owner, index),
    };
  }

  // `x.__init__.__globals__.os` is the module os, whatever x is.
  #member(owner: JinjaValue, name: string): JinjaValue {
    if (!/^\w{1,200}$/.test(name)) return unknownValue;
    if (ownNames.test(name)) this.reaches ??= name;
    if (/^(__globals__|f_globals|func_globals)$/.test(name))
      return { text: '__globals__', path: '__globals__' };
    if (/^(__builtins__|f_builtins)$/.test(name)) return { text: '__builtins__', path: 'builtins' };
    if (owner.path === '__globals__') {
      const path = `__import__('${name}')`;
      return { text: path, path };
    }
    if (owner.path === 'builtins') return { text: name };
    const { constant } = owner;
    const about = { isAnything: owner.isAnything === true };
    return constant === undefined
      ? { text: `${owner.text}.${name}`, ...about }
      : { text: `${owner.text}.${name}`, constant, list: [name] };
  }

  // What is called is no module: it is a function of the module whose names `__globals__` are, and
  // payloads look for one that has those of `os`.
  #called(callee: JinjaValue, given: readonly JinjaValue[]): JinjaValue {
    if (callee.isAnything === true) this.reaches ??= 'a name that is put together';
    const [method] = callee.list ?? [];
    if (callee.constant !== undefined && method !== undefined)
      return this.#folded(method, callee.constant, given, callee.text);
    const name = /^__import__\('(\w+)'\)$/.exec(callee.path ?? '')?.[1];
    const text = name === undefined ? callee.text : `__import__('os').${name}`;
    const made = `${text}(${given.map((item) => item.text).join(', ')})`;
    if (text === '__import__') return { text: made, path: made };
    const isAnything = callee.isAnything === true;
    return text === 'dict' ? { text: made, list: this.#keys } : { text: made, isAnything };
  }

  #filtered(value: JinjaValue, name: string, given: readonly JinjaValue[]): JinjaValue {
    const { constant, list } = value;
    const [index = unknownValue] = given;
    const first = index.constant ?? '';
    if (name === 'attr')
      return index.constant === undefined
        ? { text: `getattr(${value.text}, ${index.text})`, isAnything: isAnything(value, index) }
        : this.#member(value, first);
    if (list !== undefined && name === 'join') return this.#budget.constant(list.join(first));
    if (list !== undefined && /^(first|last)$/.test(name))
      return this.#budget.constant(list.at(name === 'first' ? 0 : -1) ?? '');
    if (constant !== undefined) return this.#folded(name, constant, given, value.text);
    // `map(attribute="__globals__")`
    for (const item of given)
      for (const part of (item.constant ?? '').split('.').slice(0, partsMax))
        if (attributeFilters.test(name) && ownNames.test(part)) this.reaches ??= part;
    if (/^(list|string|safe|e|trim|first|last)$/.test(name)) return value;
    const args = [value.text, ...given.map((item) => item.text)].join(', ');
    const about = { isComputed: isText(value), isAnything: value.isAnything === true };
    return /^\w+$/.test(name) ? { text: `${name}(${args})`, ...about } : value;
  }

  #folded(name: string, constant: string, given: readonly JinjaValue[], text: string): JinjaValue {
    const texts = given.map((item) => item.constant);
    const list = name === 'join' ? given[0]?.list : undefined;
    const folded =
      list === undefined
        ? foldText(name, constant, texts, this.#budget)
        : this.#budget.take(list.length * constant.length)
          ? list.join(constant)
          : undefined;
    if (folded !== undefined) return this.#budget.constant(folded);
    const args = [text, ...given.map((item) => item.text)].join(', ');
    return { text: `${/^\w+$/.test(name) ? name : 'str'}(${args})`, isComputed: true };
  }

  // The names of the arguments that were read last.
  #keys: readonly string[] = [];

  // Behind an opening bracket: the values up to the closing one.
  #list(close: string): JinjaValue[] {
    this.#at += 1;
    const items: JinjaValue[] = [];
    const keys: string[] = [];
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== close) {
      if (this.#budget.exceeded !== undefined) break;
      const before = this.#at;
      // The name of an argument, or the key of a map.
      if (/^[=:]$/.test(this.#tokens[this.#at + 1] ?? '')) {
        keys.push(this.#tokens[this.#at] ?? '');
        this.#at += 2;
      }
      items.push(this.read());
      if (this.#at === before || this.#tokens[this.#at] === ',') this.#at += 1;
    }
    this.#at += 1;
    this.#keys = keys;
    return items;
  }
}

const depthMax = 40;
const partsMax = 20;
const brackets: ReadonlyMap<string, string> = new Map([
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
]);
const attributeFilters = /^(map|selectattr|rejectattr|groupby|sort|sum|unique|min|max)$/;

/** Names of Python's own by which a template leaves the values that it was given. */
const ownNames =
  /^(__(globals|builtins|import|subclasses|mro|bases?|code|closure|reduce(_ex)?|getattribute|loader)__|f_(builtins|globals|locals|back)|func_globals|(gi|cr|ag|tb)_frame)$/;

function isText({ constant, isComputed }: JinjaValue): boolean {
  return constant !== undefined || isComputed === true;
}

// A subscript with a text that is put together: nobody sees which.
function isAnything(owner: JinjaValue, index: JinjaValue): boolean {
  return owner.isAnything === true || index.isComputed === true;
}
