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
