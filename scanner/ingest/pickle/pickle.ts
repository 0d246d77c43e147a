/**
 * Pickles (Python's `pickletools`, protocols 0 to 5): programs for a small stack machine. The calls
 * of a pickle become a program in Python. Nothing is ever loaded.
 */

import { own } from '../../lookup-tables/api.ts';
import { type PickleArgument, type PickleOpcode, pickleOpcodes } from '../tables/pickle-opcodes.ts';
import { pythonTwoModules } from '../tables/python-two-modules.ts';
import {
  ByteReader,
  PickleBudget,
  type PickleItems,
  type PickleValue,
  plainValue,
  writeValue,
} from './pickle-bytes.ts';

// Methods that a pickle gives to its objects: with `__setstate__`, `append` or `__setitem__` set to
// a function, an instruction that only fills an object calls that function.

/** The functions that objects of one pickle may call when they are filled. */
class PickleHooks {
  readonly #budget: PickleBudget;
  readonly #byOwner = new Map<string, Set<string>>();

  constructor(budget: PickleBudget) {
    this.#budget = budget;
  }

  /** The functions that filling this object may call. */
  of(owner: string): readonly string[] {
    return [...(this.#byOwner.get(owner) ?? [])];
  }

  /** The state of an object may name its methods. */
  add(owner: string, state: readonly PickleValue[]): void {
    this.#give(owner, this.#namesIn(state).names);
  }

  /** A call gives its result what it was given: `type("T", (), {"__setstate__": f})`. */
  pass(callee: string, given: readonly PickleValue[], result: string): void {
    this.#give(result, this.of(callee));
    const { names, hasMethods } = this.#namesIn(given);
    for (const name of names) this.#give(result, this.of(name));
    if (!hasMethods) return;
    this.#give(result, names);
    for (const name of names) this.#give(name, names);
  }

  #give(owner: string, names: readonly string[]): void {
    if (names.length === 0 || !this.#budget.takeWork(names.length)) return;
    const known = this.#byOwner.get(owner) ?? new Set();
    this.#byOwner.set(owner, known);
    for (const name of names) if (name !== owner) known.add(name);
  }

  #namesIn(values: readonly PickleValue[]): { names: string[]; hasMethods: boolean } {
    const names = new Set<string>();
    const seen = new Set<PickleValue>();
    const left = [...values];
    let hasMethods = false;
    for (let value = left.pop(); value !== undefined; value = left.pop()) {
      if (!this.#budget.takeWork()) break;
      if ('name' in value) names.add(value.name);
      if ('string' in value) hasMethods ||= methods.has(value.string);
      if (!('items' in value) || seen.has(value)) continue;
      seen.add(value);
      if (!this.#budget.takeWork(value.items.length)) break;
      for (const item of value.items) left.push(item);
    }
    return { names: [...names], hasMethods };
  }
}

/** Methods that the instructions of a pickle call. Source: `pickle.py`, `_Unpickler`. */
const methods: ReadonlySet<string> = new Set([
  '__setstate__',
  '__setattr__',
  '__setitem__',
  '__new__',
  '__getattribute__',
  '__getattr__',
  'append',
  'extend',
  'add',
  'update',
]);

/** What a reader of pickles found. */
interface PickleReading {
  /** The calls in their order, in Python; undefined without any. */
  readonly program: string | undefined;
  /** Why a file that looks like a pickle is not read to its end; undefined for other files. */
  readonly unread: string | undefined;
}

/**
 * The calls of a pickle. A pickle that breaks off has made its first calls by then. Never throws;
 * linear in the bytes.
 */
export function readPickle(bytes: Uint8Array): PickleReading {
  const machine = new PickleMachine(new ByteReader(bytes));
  try {
    while (machine.step());
    return { program: machine.program(), unread: machine.unread() };
  } catch {
    return { program: undefined, unread: 'a pickle on which its reader failed' };
  }
}

const mark = Symbol('mark');
const noValue: PickleValue = { text: 'None' };
const word = /^[A-Za-z_]\w{0,199}$/;

class PickleMachine {
  readonly #reader: ByteReader;
  readonly #budget: PickleBudget;
  readonly #hooks: PickleHooks;
  readonly #stack: (PickleValue | typeof mark)[] = [];
  readonly #memo = new Map<string, PickleValue>();
  readonly #modules = new Set<string>();
  readonly #calls: string[] = [];
  #looksLikeOne = false;
  #isWhole = false;
  #hasOutside = false;

  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.#budget = new PickleBudget(reader.length);
    this.#hooks = new PickleHooks(this.#budget);
  }

  /** Takes one instruction; false behind the last, and where the bytes are no pickle. */
  step(): boolean {
    if (this.#budget.exceeded !== undefined) return false;
    if (this.#isWhole && this.#reader.isAtEnd) return false;
    const opcode = pickleOpcodes[this.#reader.byte() ?? -1];
    this.#isWhole = false;
    if (opcode === undefined || !this.#budget.takeWork()) return false;
    const argument = this.#reader.argument(opcode.argument);
    return argument !== undefined && this.#act(opcode, argument);
  }

  program(): string | undefined {
    if (this.#calls.length === 0) return undefined;
    const imports = [...this.#modules].map((name) => `import ${name}\n`);
    return `${imports.join('')}${this.#calls.join('')}`;
  }

  unread(): string | undefined {
    if (!this.#looksLikeOne || !this.#reader.mayCall) return undefined;
    if (this.#budget.exceeded !== undefined) return this.#budget.exceeded;
    if (this.#hasOutside) return 'a pickle with values from outside';
    return this.#isWhole ? undefined : 'a pickle that breaks off';
  }

  #act({ name }: PickleOpcode, argument: PickleArgument): boolean {
    switch (name) {
      case 'skip':
        return true;
      case 'protocol':
        this.#looksLikeOne ||= Number(argument) <= protocolMax;
        return true;
      case 'stop':
        // Another pickle may follow.
        this.#isWhole = true;
        this.#reader.skipBlanks();
        return true;
      case 'mark':
        return this.#push(mark);
      case 'value':
        return this.#push(plainValue(argument));
      case 'outside':
        return this.#outside();
      case 'persistent':
        return this.#pop() !== undefined && this.#outside();
      case 'pop':
        return this.#stack.pop() !== undefined;
      case 'popMark':
        return this.#toMark() !== undefined;
      case 'dup':
        return this.#push(this.#stack.at(-1));
      case 'get':
        return this.#push(this.#memo.get(memoKey(argument)));
      case 'put':
        return this.#put(memoKey(argument));
      case 'memoize':
        return this.#put(String(this.#memo.size));
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
      const attribute = this.#pop();
      const module = this.#pop();
      const names = [stringOf(module), stringOf(attribute)];
      return attribute !== undefined && this.#push(this.#imported(names));
    }
    if (name === 'instance' || name === 'object') {
      const items = this.#toMark();
      if (items === undefined) return false;
      const callee = name === 'instance' ? this.#imported(argument.split('\n')) : items.shift();
      return this.#call(callee, { open: '(', close: ')', items });
    }
    if (name === 'call' || name === 'callWithNames') {
      const names = name === 'callWithNames' ? this.#pop() : undefined;
      const given = this.#pop();
      return given !== undefined && this.#call(this.#pop(), given, names);
    }
    return this.#fill(name);
  }

  // Instructions that put values into the one below them.
  #fill(name: string): boolean {
    const items = name === 'addMarked' ? this.#toMark() : this.#popMany(name === 'addTwo' ? 2 : 1);
    const owner = this.#stack.at(-1);
    if (items === undefined || owner === undefined || owner === mark) return false;
    if ('items' in owner) for (const item of items) owner.items.push(item);
    if (!('name' in owner)) return true;
    for (const hook of this.#hooks.of(owner.name))
      for (const item of items)
        if (this.#budget.exceeded === undefined) this.#write(hook, [item]);
        else return false;
    if (name === 'build') this.#hooks.add(owner.name, items);
    return true;
  }

  // `()` with everything above the mark, `()2` with two values.
  #gather(name: string): boolean {
    const count = name.slice(2);
    const items = count === 'marked' ? this.#toMark() : this.#popMany(Number(count));
    return (
      items !== undefined &&
      this.#push({ open: name[0] ?? '(', close: name[1] ?? ')', items } satisfies PickleItems)
    );
  }

  #call(callee: PickleValue | undefined, given: PickleValue, names?: PickleValue): boolean {
    if (callee === undefined) return false;
    const isList = 'items' in given;
    const text = writeValue(callee, this.#budget);
    const result = this.#write(
      text,
      isList ? given.items : [given],
      isList ? '' : '*',
      names === undefined ? '' : `**${writeValue(names, this.#budget)}`,
    );
    this.#hooks.pass(text, [given, ...(names === undefined ? [] : [names])], result);
    return this.#push({ name: result });
  }

  #write(callee: string, given: readonly PickleValue[], star = '', names = ''): string {
    const args: string[] = [];
    for (const item of given) {
      if (this.#budget.exceeded !== undefined) break;
      args.push(`${star}${writeValue(item, this.#budget)}`);
    }
    if (names !== '') args.push(names);
    const result = `v${this.#calls.length}`;
    const line = `${result} = ${callee}(${args.join(', ')})\n`;
    this.#budget.takeText(callee.length + lineChars);
    this.#calls.push(line);
    return result;
  }

  #imported([module = '', name = '']: readonly string[]): PickleValue | undefined {
    if (!name.split('.').every((part) => word.test(part))) return undefined;
    if (!module.split('.').every((part) => word.test(part)))
      return module === '' || /\s/.test(module) || module.length > 200
        ? undefined
        : { name: `__import__(${JSON.stringify(module)}).${name}` };
    this.#looksLikeOne = true;
    const real = own(pythonTwoModules, module) ?? module;
    if (real === 'builtins') return { name };
    this.#modules.add(real);
    this.#budget.takeText(real.length);
    return { name: `${real}.${name}` };
  }

  // A value that only the program knows that loads the pickle.
  #outside(): boolean {
    this.#hasOutside = true;
    return this.#push(noValue);
  }

  #push(value: PickleValue | typeof mark | undefined): boolean {
    if (value === undefined) return false;
    this.#stack.push(value);
    return true;
  }

  #put(key: string): boolean {
    const top = this.#stack.at(-1);
    if (top === undefined || top === mark) return false;
    this.#memo.set(key, top);
    return true;
  }

  #pop(): PickleValue | undefined {
    const value = this.#stack.pop();
    return value === mark ? undefined : value;
  }

  #popMany(count: number): PickleValue[] | undefined {
    const items: PickleValue[] = [];
    for (let left = count; left > 0; left--) {
      const value = this.#pop();
      if (value === undefined) return undefined;
      items.unshift(value);
    }
    return items;
  }

  #toMark(): PickleValue[] | undefined {
    const items: PickleValue[] = [];
    for (let value = this.#stack.pop(); value !== mark; value = this.#stack.pop()) {
      if (value === undefined) return undefined;
      items.push(value);
    }
    return items.reverse();
  }
}

const protocolMax = 5;
// Besides its values: `v1 = (, )`.
const lineChars = 12;

// `01`, `+1` and `1_` are written for the same number.
function memoKey(argument: PickleArgument): string {
  const text = String(argument).trim();
  return text
    .replace(/^\+/, '')
    .replaceAll('_', '')
    .replace(/^(-?)0+(?=\d)/, '$1');
}

function stringOf(value: PickleValue | undefined): string {
  return value !== undefined && 'string' in value ? value.string : '';
}
