/** The bytes of a pickle: opcodes and their arguments. */

import type { ArgumentForm, PickleArgument } from './tables/pickle-opcodes.ts';

/** Reads from the beginning to the end, never beyond. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next byte; undefined at the end. */
  byte(): number | undefined {
    const byte = this.#bytes[this.#at];
    this.#at += 1;
    return byte;
  }

  /** The argument of an opcode; undefined where the bytes do not have such a one. */
  argument(form: ArgumentForm | undefined): PickleArgument | undefined {
    if (form === undefined) return 0;
    if (typeof form === 'number') return this.#number(form);
    switch (form) {
      case 'none':
        return null;
      case 'int':
        return numberOf(this.#matching(/^(-?\d{1,400})L?$/));
      case 'float':
        return numberOf(this.#matching(/^(-?[\d.]{1,40}(?:e[-+]?\d{1,4})?|-?inf|nan)$/i));
      case 'quoted':
        return this.#matching(/^(?:b?)(?:"(.*)"|'(.*)')$/);
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
    return found === null ? undefined : unescaped(found[1] ?? found[2] ?? '');
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

// No finding needs the exact number.
function numberOf(text: string | undefined): PickleArgument | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

// A text of protocol 0 is written as Python writes a string.
function unescaped(text: string): string {
  return text.replace(/\\(x[\da-f]{2}|u[\da-f]{4}|.)/gi, (_, code: string) =>
    /^[xu]./i.test(code)
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : (({ n: '\n', t: '\t', r: '\r' } as const)[code] ?? code),
  );
}
