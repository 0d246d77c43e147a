/**
 * Pickles (Python's `pickletools`, protocols 0 to 5): programs for a small stack machine. The calls
 * of a pickle become a program in Python. Nothing is ever loaded.
 */

import { ByteReader } from './pickle-bytes.ts';
import { type PickleArgument, pickleOpcodes } from './tables/pickle-opcodes.ts';

/**
 * The calls of a pickle, in Python, in their order; undefined for bytes without any. A pickle that
 * breaks off has made its first calls by then.
 */
export function pickleProgram(bytes: Uint8Array): string | undefined {
  const machine = new PickleMachine(new ByteReader(bytes));
  while (machine.step());
  return machine.program();
}

type Value =
  | { readonly text: string; readonly string?: string }
  | { readonly open: string; readonly close: string; readonly items: Value[] };

const mark = Symbol('mark');
const noValue: Value = { text: 'None' };
const seq = (open: string, close: string, items: Value[] = []): Value => ({ open, close, items });
const word = /^[A-Za-z_]\w{0,199}$/;

class PickleMachine {
  readonly #reader: ByteReader;
  readonly #stack: (Value | typeof mark)[] = [];
  readonly #memo = new Map<number, Value>();
  readonly #modules = new Set<string>();
  readonly #calls: string[] = [];
  #chars = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** Takes one instruction; false behind the last, and where the bytes are no pickle. */
  step(): boolean {
    const opcode = pickleOpcodes[this.#reader.byte() ?? -1];
    if (opcode === undefined || this.#chars > programCharsMax) return false;
    const argument = this.#reader.argument(opcode.argument);
    return argument !== undefined && this.#act(opcode.name, argument);
  }

  program(): string | undefined {
    if (this.#calls.length === 0) return undefined;
    const imports = [...this.#modules].map((name) => `import ${name}\n`);
    return `${imports.join('')}${this.#calls.join('')}`;
  }

  #act(name: string, argument: PickleArgument): boolean {
    switch (name) {
      case 'skip':
        return true;
      case 'mark':
        return this.#push(mark);
      case 'value':
        return this.#push(pickleValue(argument));
      case 'persistent':
        return this.#pop() !== undefined && this.#push(noValue);
      case 'pop':
        return this.#stack.pop() !== undefined;
      case 'popMark':
        return this.#toMark() !== undefined;
      case 'dup':
        return this.#push(this.#stack.at(-1));
      case 'get':
        return this.#push(this.#memo.get(Number(argument)));
      case 'put':
        return this.#put(Number(argument));
      case 'memoize':
        return this.#put(this.#memo.size);
      case 'import':
        return this.#push(this.#imported(String(argument).split('\n')));
      default:
        return this.#join(name, String(argument));
    }
  }

  // Instructions that take values off the stack.
  #join(name: string, argument: string): boolean {
    if (/^\(\)|^\[\]|^\{\}/.test(name)) return this.#gather(name);
    if (name === 'stackImport') {
      const own = this.#pop();
      const module = this.#pop();
      return own !== undefined && this.#push(this.#imported([stringOf(module), stringOf(own)]));
    }
    if (name === 'instance' || name === 'object') {
      const items = this.#toMark();
      if (items === undefined) return false;
      const callee = name === 'instance' ? this.#imported(argument.split('\n')) : items.shift();
      return this.#call(callee, seq('(', ')', items));
    }
    if (name === 'callWithNames') this.#pop();
    if (name === 'call' || name === 'callWithNames') {
      const given = this.#pop();
      return given !== undefined && this.#call(this.#pop(), given);
    }
    // What is left puts values into the one below them.
    const items = name === 'addMarked' ? this.#toMark() : this.#popMany(name === 'addTwo' ? 2 : 1);
    const owner = this.#stack.at(-1);
    if (items === undefined || owner === undefined || owner === mark) return false;
    if ('items' in owner) owner.items.push(...items.slice(0, itemsMax));
    return true;
  }

  // `()` with everything above the mark, `()2` with two values.
  #gather(name: string): boolean {
    const count = name.slice(2);
    const items = count === 'marked' ? this.#toMark() : this.#popMany(Number(count));
    return items !== undefined && this.#push(seq(name[0] ?? '(', name[1] ?? ')', items));
  }

  #call(callee: Value | undefined, given: Value): boolean {
    if (callee === undefined) return false;
    const budget = { chars: callCharsMax };
    const args = 'items' in given ? given.items.map((item) => render(item, budget, 0)) : [];
    const words = 'items' in given ? args.join(', ') : `*${render(given, budget, 0)}`;
    const name = `v${this.#calls.length}`;
    const line = `${name} = ${render(callee, budget, 0)}(${words})\n`;
    this.#chars += line.length;
    this.#calls.push(line);
    return this.#push({ text: name });
  }

  #imported([module = '', name = '']: readonly string[]): Value | undefined {
    const parts = [...module.split('.'), ...name.split('.')];
    if (!parts.every((part) => word.test(part))) return undefined;
    if (/^(builtins|__builtin__|__builtins__)$/.test(module)) return { text: name };
    const real = /^(posix|nt)$/.test(module) ? 'os' : module;
    if (this.#modules.size < modulesMax) this.#modules.add(real);
    return { text: `${real}.${name}` };
  }

  #push(value: Value | typeof mark | undefined): boolean {
    if (value === undefined) return false;
    this.#stack.push(value);
    return true;
  }

  #put(key: number): boolean {
    const top = this.#stack.at(-1);
    if (top === undefined || top === mark) return false;
    this.#memo.set(key, top);
    return true;
  }

  #pop(): Value | undefined {
    const value = this.#stack.pop();
    return value === mark ? undefined : value;
  }

  #popMany(count: number): Value[] | undefined {
    const items: Value[] = [];
    for (let left = count; left > 0; left--) {
      const value = this.#pop();
      if (value === undefined) return undefined;
      items.unshift(value);
    }
    return items;
  }

  #toMark(): Value[] | undefined {
    const items: Value[] = [];
    for (let value = this.#stack.pop(); value !== mark; value = this.#stack.pop()) {
      if (value === undefined) return undefined;
      items.push(value);
    }
    return items.reverse();
  }
}

const programCharsMax = 256 * 1024;
const callCharsMax = 16 * 1024;
const modulesMax = 200;
const itemsMax = 10_000;
const depthMax = 40;

function pickleValue(argument: PickleArgument): Value {
  return typeof argument === 'string'
    ? { text: JSON.stringify(argument), string: argument }
    : { text: argument === null ? 'None' : String(argument) };
}

function stringOf(value: Value | undefined): string {
  return value !== undefined && 'text' in value ? (value.string ?? '') : '';
}

// A value may be in itself, or in many others: its text ends with the budget.
function render(value: Value, budget: { chars: number }, depth: number): string {
  if (budget.chars <= 0 || depth > depthMax) return 'None';
  if ('text' in value) {
    budget.chars -= value.text.length;
    return value.text.length > callCharsMax ? 'None' : value.text;
  }
  budget.chars -= 2;
  const items: string[] = [];
  for (const item of value.items) {
    if (budget.chars <= 0) break;
    items.push(render(item, budget, depth + 1));
  }
  const inside =
    value.open === '{' ? pairs(items) : items.join(', ') + (value.open === '(' ? ',' : '');
  return items.length === 0
    ? `${value.open}${value.close}`
    : `${value.open}${inside}${value.close}`;
}

function pairs(items: readonly string[]): string {
  const found: string[] = [];
  for (let at = 0; at + 1 < items.length; at += 2) found.push(`${items[at]}: ${items[at + 1]}`);
  return found.join(', ');
}
