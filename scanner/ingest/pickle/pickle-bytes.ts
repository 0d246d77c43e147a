/** The bytes of a pickle: opcodes and their arguments. */
import type { ArgumentForm, PickleArgument } from '../tables/pickle-opcodes.ts';

/** Reads from the beginning to the end, never beyond. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Whether all bytes are read. */
  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Whether the bytes have an instruction that makes arguments. Lists of words have none. */
  get mayCall(): boolean {
    return [...'()\x85\x86\x87'].some((letter) => this.#bytes.includes(letter, 0, 'latin1'));
  }

  /** The next byte; undefined at the end. */
  byte(): number | undefined {
    const byte = this.#bytes[this.#at];
    this.#at += 1;
    return byte;
  }

  /** Editors end a file with a line break, which no pickle needs. */
  skipBlanks(): void {
    while (/[\t\n\r ]/.test(String.fromCharCode(this.#bytes[this.#at] ?? 0))) this.#at += 1;
  }

  /** The argument of an opcode; undefined where the bytes do not have such a one. */
  argument(form: ArgumentForm | undefined): PickleArgument | undefined {
    if (form === undefined) return 0;
    if (typeof form === 'number') return this.#number(form);
    switch (form) {
      case 'none':
        return null;
      case 'int':
        return numberOf(this.#matching(integer));
      case 'float':
        return numberOf(this.#matching(decimal));
      case 'quoted':
        return unescaped(this.#matching(/^(?:"(.*)"|'(.*)')\s*$/s));
      case 'unicode':
        return unescapedUnicode(this.#line());
      case 'line':
        return this.#line();
      case 'lines':
        return this.#lines();
      default:
        return this.#counted(form);
    }
  }

  #number(bytes: number): number | undefined {
    const start = this.#at;
    this.#at += bytes;
    if (this.#at > this.#bytes.length) return undefined;
    return bytes <= 6
      ? this.#bytes.readUIntLE(start, bytes)
      : Number(this.#bytes.readBigUInt64LE(start));
  }

  #line(): string | undefined {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0) return undefined;
    const line = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return line.replace(/\r$/, '');
  }

  #lines(): string | undefined {
    const first = this.#line();
    const second = this.#line();
    return first === undefined || second === undefined ? undefined : `${first}\n${second}`;
  }

  #matching(form: RegExp): string | undefined {
    const found = form.exec(this.#line() ?? '');
    return found === null ? undefined : (found[1] ?? found[2] ?? found[0]);
  }

  // `text4`: a length of four bytes, then a text of that many.
  #counted(form: string): PickleArgument | undefined {
    const length = this.#number(Number(form.slice(-1)));
    if (length === undefined || length > this.#bytes.length - this.#at) return undefined;
    const start = this.#at;
    this.#at += length;
    return form.startsWith('text') ? this.#bytes.toString('utf8', start, this.#at) : null;
  }
}

// All that `int(text, 0)` and `float(text)` read, and more: a number that Python does not read ends
// the pickle there, and what stands behind it does no harm when it is read.
const integer = /^\s*[-+]?\s*\w+\s*$/;
const decimal = /^\s*[-+]?[\w.+-]+\s*$/;

// No finding needs a number that is not written plainly.
function numberOf(text: string | undefined): PickleArgument | undefined {
  if (text === undefined) return undefined;
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?L?$/.test(text)
    ? Number(text.replace('L', ''))
    : null;
}

const letters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

// `codecs.escape_decode` reads a text of protocol 0.
function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/\\(x[\da-f]{2}|[0-7]{1,3}|[^xu])/gi, (_, code: string) => {
    if (/^x/i.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return letters[code] ?? code;
  });
}

// The encoding `raw-unicode-escape` reads two forms only.
function unescapedUnicode(text: string | undefined): string | undefined {
  return text?.replace(
    /(\\\\)|\\(?:u([\da-f]{4})|U([\da-f]{8}))/g,
    (all, pair: string | undefined, short: string | undefined, long: string | undefined) => {
      const code = Number.parseInt(short ?? long ?? '', 16);
      return pair !== undefined || !(code <= 0x10ffff) ? all : String.fromCodePoint(code);
    },
  );
}

// Values of a pickle, and how they are written in Python.

/** A list, a tuple or a map. It may be in itself, or in many others. */
export interface PickleItems {
  readonly open: string;
  readonly close: string;
  readonly items: PickleValue[];
}

/** A text, an object that was imported or made by a call, or another value as it is written. */
export type PickleValue =
  | { readonly string: string }
  | { readonly name: string }
  | { readonly text: string }
  | PickleItems;

/** What one file may give: its program never is much longer than the file. */
export class PickleBudget {
  #work: number;
  #chars: number;
  /** Which of the two is used up. */
  exceeded: string | undefined;

  constructor(bytes: number) {
    this.#work = Math.min(workMax, workFree + bytes * workPerByte);
    this.#chars = Math.min(programCharsMax, workFree + bytes * workPerByte);
  }

  /** Counts values that are looked at; false when none are left. */
  takeWork(count = 1): boolean {
    this.#work -= count;
    if (this.#work < 0) this.exceeded ??= 'a pickle whose values are in very many others';
    return this.exceeded === undefined;
  }

  /** Counts the characters of a text, and one value; false when none are left. */
  takeText(length: number): boolean {
    this.#chars -= length;
    if (this.#chars < 0) this.exceeded ??= 'a pickle with more calls than are read';
    return this.takeWork();
  }

  /** Ends the reading for another reason. */
  end(reason: string): void {
    this.exceeded ??= reason;
  }
}

const workFree = 4 * 1024;
const workPerByte = 8;
// Each instruction may leave a value in memory.
const workMax = 2_000_000;
const programCharsMax = 256 * 1024;
const separatorChars = 2;
const depthMax = 40;

/** The value of an argument that stands in the pickle. */
export function plainValue(argument: PickleArgument): PickleValue {
  if (typeof argument === 'string') return { string: argument };
  return { text: argument === null ? 'None' : String(argument) };
}

/** Writes a value in Python, as far as the budget goes. */
export function writeValue(value: PickleValue, budget: PickleBudget, depth = 0): string {
  if (depth > depthMax) budget.end('a pickle whose values are nested too deep');
  if (!('items' in value)) return writeScalar(value, budget);
  if (!budget.takeText(2)) return 'None';
  const items: string[] = [];
  for (const item of value.items) {
    if (budget.exceeded !== undefined) break;
    items.push(writeValue(item, budget, depth + 1));
  }
  const comma = value.open === '(' && items.length > 0 ? ',' : '';
  const inside = value.open === '{' ? pairs(items) : `${items.join(', ')}${comma}`;
  return `${value.open}${inside}${value.close}`;
}

function writeScalar(value: Exclude<PickleValue, PickleItems>, budget: PickleBudget): string {
  const length = 'string' in value ? value.string.length : 0;
  if (!budget.takeText(length + separatorChars)) return 'None';
  const text = 'string' in value ? JSON.stringify(value.string) : scalarText(value);
  return budget.takeText(text.length - length) ? text : 'None';
}

function scalarText(value: { readonly name: string } | { readonly text: string }): string {
  return 'name' in value ? value.name : value.text;
}

function pairs(items: readonly string[]): string {
  const found: string[] = [];
  for (let at = 0; at < items.length; at += 2)
    found.push(`${items[at]}: ${items[at + 1] ?? 'None'}`);
  return found.join(', ');
}
