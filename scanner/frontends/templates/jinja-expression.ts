/** One expression of Jinja as Python. Texts that are put together are folded. */

export interface JinjaValue {
  readonly text: string;
  /** The text that it is. */
  readonly constant?: string;
  /** The texts of a list. */
  readonly list?: readonly string[];
  /** What it is in Python, for a name that the template set: a module, `__globals__`. */
  readonly path?: string;
}

/** Reads one expression. What it does not know ends it: the rest is left out. */
export class JinjaExpression {
  readonly #tokens: readonly string[];
  readonly #names: ReadonlyMap<string, string>;
  #at = 0;
  #depth = 0;
  /** The first of Python's own names by which it leaves the template. */
  reaches: string | undefined;

  constructor(text: string, names: ReadonlyMap<string, string>) {
    this.#tokens = text.match(token) ?? [];
    this.#names = names;
  }

  read(): JinjaValue {
    if (this.#depth > depthMax) return unknown;
    this.#depth += 1;
    let value = this.#operand();
    for (;;) {
      const operator = this.#tokens[this.#at] ?? '';
      if (!/^(~|[-+*/%]|[<>=!]=?|\/\/|\*\*|and|or|in|is|not|if|else)$/.test(operator)) break;
      this.#at += 1;
      const right = this.#operand();
      const isJoin = operator === '~' || operator === '+';
      const constant =
        isJoin && value.constant !== undefined && right.constant !== undefined
          ? (value.constant + right.constant).slice(0, charsMax)
          : undefined;
      value =
        constant === undefined
          ? { text: cut(`${value.text} ${written(operator)} ${right.text}`) }
          : constantOf(constant);
    }
    this.#depth -= 1;
    return value;
  }

  #operand(): JinjaValue {
    let value = this.#primary();
    for (;;) {
      const mark = this.#tokens[this.#at];
      if (mark === '.') {
        const name = this.#tokens[this.#at + 1] ?? '';
        this.#at += 2;
        value = this.#member(value, name);
      } else if (mark === '[') {
        const index = this.#list(']')[0] ?? unknown;
        value =
          index.constant !== undefined && /^[A-Za-z_]\w*$/.test(index.constant)
            ? this.#member(value, index.constant)
            : { text: cut(`${value.text}[${index.text}]`) };
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
    if (first === undefined || /^[)\],:}]$/.test(first)) return unknown;
    if (first === '[' || first === '(') {
      const items = this.#list(first === '[' ? ']' : ')');
      if (first === '(' && items.length === 1) return items[0] ?? unknown;
      const list = items.flatMap(({ constant }) => (constant === undefined ? [] : [constant]));
      const text = cut(`[${items.map((item) => item.text).join(', ')}]`);
      return list.length === items.length ? { text, list } : { text };
    }
    this.#at += 1;
    if (/^["']/.test(first))
      return constantOf(first.slice(1, -1).replace(/\\(x[\da-f]{2}|.)/gi, unescapeLetter));
    if (/^[A-Za-z_]/.test(first)) {
      if (/^(not)$/.test(first)) return { text: `not ${this.#operand().text}` };
      const path = this.#names.get(first);
      return path === undefined ? { text: first } : { text: path, path };
    }
    return { text: /^\d/.test(first) ? first : 'None' };
  }

  // `x.__init__.__globals__.os` is the module os, whatever x is.
  #member(owner: JinjaValue, name: string): JinjaValue {
    if (!/^\w{1,200}$/.test(name)) return unknown;
    if (ownNames.test(name)) this.reaches ??= name;
    if (name === '__globals__') return { text: name, path: name };
    if (name === '__builtins__') return { text: '__builtins__', path: 'builtins' };
    if (owner.path === '__globals__')
      return { text: `__import__('${name}')`, path: `__import__('${name}')` };
    if (owner.path === 'builtins') return { text: name };
    return { text: cut(`${owner.text}.${name}`) };
  }

  // What is called is no module: it is a function of the module whose names `__globals__` are, and
  // payloads look for one that has those of `os`.
  #called({ text: callee, path }: JinjaValue, given: readonly JinjaValue[]): JinjaValue {
    const name = /^__import__\('(\w+)'\)$/.exec(path ?? '')?.[1];
    const text = name === undefined ? callee : `__import__('os').${name}`;
    const made = cut(`${text}(${given.map((item) => item.text).join(', ')})`);
    return text === '__import__' ? { text: made, path: made } : { text: made };
  }

  #filtered(value: JinjaValue, name: string, given: readonly JinjaValue[]): JinjaValue {
    const { text, constant, list } = value;
    const first = given[0]?.constant ?? '';
    if (name === 'attr') return this.#member(value, first);
    if (name === 'join' && list !== undefined) return constantOf(list.join(first));
    if (name === 'reverse' && constant !== undefined)
      return constantOf([...constant].reverse().join(''));
    if (name === 'replace' && constant !== undefined && first !== '')
      return constantOf(constant.replaceAll(first, given[1]?.constant ?? '').slice(0, charsMax));
    if (name === 'lower' && constant !== undefined) return constantOf(constant.toLowerCase());
    if (name === 'b64decode' && constant !== undefined)
      return constantOf(Buffer.from(constant, 'base64').toString('utf8'));
    if (/^(list|string|safe|e|trim|first|last)$/.test(name)) return value;
    const args = [text, ...given.map((item) => item.text)].join(', ');
    return { text: /^\w+$/.test(name) ? cut(`${name}(${args})`) : text };
  }

  // Behind an opening bracket: the values up to the closing one.
  #list(close: string): JinjaValue[] {
    this.#at += 1;
    const items: JinjaValue[] = [];
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== close) {
      const before = this.#at;
      // The name of an argument, or the key of a map.
      if (/^[=:]$/.test(this.#tokens[this.#at + 1] ?? '')) this.#at += 2;
      items.push(this.read());
      if (this.#at === before || this.#tokens[this.#at] === ',') this.#at += 1;
    }
    this.#at += 1;
    return items;
  }
}

const token =
  /"(?:[^"\\]|\\.){0,4000}"|'(?:[^'\\]|\\.){0,4000}'|[A-Za-z_]\w*|\d[\d.]*|\/\/|\*\*|[<>=!]=|[^\s]/g;
const depthMax = 30;
const charsMax = 8_000;
const unknown: JinjaValue = { text: 'None' };

/** Names of Python's own by which a template leaves the values that it was given. */
const ownNames =
  /^__(globals|builtins|import|subclasses|mro|bases?|code|closure|reduce(_ex)?|getattribute|loader)__$/;

function constantOf(constant: string): JinjaValue {
  return { text: JSON.stringify(constant), constant };
}

function cut(text: string): string {
  return text.length > charsMax ? 'None' : text;
}

function unescapeLetter(_: string, code: string): string {
  if (/^x[\da-f]{2}/i.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return code === 'n' ? '\n' : code;
}

function written(operator: string): string {
  return operator === '~' ? '+' : operator === '=' ? '==' : operator;
}
