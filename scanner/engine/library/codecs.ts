/**
 * Codecs. Bytes are kept as a text: of the letters that they are in UTF-8, else of one letter for
 * each byte. Byte 0 has a letter of its own, since `unknownPart` means that a text is not known.
 */
import { brotliDecompressSync, inflateRawSync, unzipSync } from 'node:zlib';
import { decodedCharsMax } from '../../fact/shared-limits.ts';
import type { Computation } from '../../knowledge/computation.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { type Known, textValue, type Value } from '../value.ts';

const nulLetter = '\u2400';

/** The letter with this number; of a number that no letter has, its last byte's. */
export function letterOf(code: number): string {
  const isLetter = Number.isInteger(code) && code >= 0 && code < 0x11_00_00;
  return code === 0 ? nulLetter : String.fromCodePoint(isLetter ? code : code & 0xff);
}

/** The number of the first letter. */
export function codeOf(text: string): number {
  return text.startsWith(nulLetter) ? 0 : (text.codePointAt(0) ?? 0);
}

/** Bytes as the text that they are in UTF-8, else each as a letter. */
export function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const letters = text.includes('\ufffd') ? bytes.toString('latin1') : text;
  return letters.replaceAll(unknownPart, nulLetter);
}

/** The bytes that a text stands for. */
export function bytesOf(text: string): Buffer {
  const letters = text.replaceAll(nulLetter, unknownPart);
  return Buffer.from(letters, /[^\0-\xff]/.test(letters) ? 'utf8' : 'latin1');
}

/** The codec with a name of Python's; `same` where the text stays as it is. */
export function codecNamed(name: string): Computation | undefined {
  const codec = name.toLowerCase().replace(/[-_ ]?codec$|[-_ ]/g, '');
  switch (codec) {
    case 'rot13':
      return 'rot13';
    case 'base64':
      return 'base64-decode';
    case 'hex':
      return 'hex-decode';
    case 'zlib':
    case 'zip':
      return 'inflate';
    case 'utf7':
      return 'utf-7-decode';
    case 'utf16':
    case 'utf16le':
      return 'utf-16-decode';
    case 'unicodeescape':
    case 'rawunicodeescape':
      return 'escape-decode';
    default:
      return /^(utf|ascii|latin|iso|cp|unicode|us)/.test(codec) ? 'same' : undefined;
  }
}

/** What a codec gives for a text that is known. */
export function decoded(computation: Computation, text: string): Value | undefined {
  try {
    const found = decode(computation, text);
    return found === undefined || found.length > decodedCharsMax ? undefined : textValue(found);
  } catch {
    // Not this form, or more than is kept.
    return undefined;
  }
}

function decode(computation: Computation, text: string): string | undefined {
  switch (computation) {
    case 'base64-encode':
      return bytesOf(text).toString('base64');
    case 'hex-encode':
      return bytesOf(text).toString('hex');
    case 'url-decode':
      return decodeURIComponent(text.replaceAll('+', ' '));
    case 'url-encode':
      return encodeURIComponent(text.toWellFormed());
    case 'rot13':
      return translated(text, 'A-Za-z', 'N-ZA-Mn-za-m');
    case 'escape-decode':
      return unescaped(text);
    case 'utf-7-decode':
      return fromUtf7(text);
    default: {
      const bytes = decodedBytes(computation, text);
      return bytes === undefined ? undefined : textOf(bytes);
    }
  }
}

function decodedBytes(computation: Computation, text: string): Buffer | undefined {
  switch (computation) {
    case 'base64-decode':
      return Buffer.from(text, 'base64');
    case 'base32-decode':
      return fromBase32(text.replace(/\s/g, ''));
    case 'base85-decode':
      return fromBase85(text.replace(/\s/g, ''));
    case 'ascii85-decode':
      return fromAscii85(text.replace(/\s/g, ''));
    case 'hex-decode':
      return /^[\da-f\s:]*$/i.test(text)
        ? Buffer.from(text.replace(/[\s:]/g, ''), 'hex')
        : undefined;
    case 'utf-16-decode':
      return Buffer.from(
        bytesOf(text)
          .toString('utf16le')
          .replace(/^\ufeff/, ''),
      );
    case 'inflate':
      return inflated(bytesOf(text));
    default:
      return undefined;
  }
}

// Whichever form fits is what was meant: zlib and gzip, both without their headers, and Brotli.
function inflated(bytes: Buffer): Buffer | undefined {
  for (const open of [unzipSync, inflateRawSync, brotliDecompressSync])
    try {
      return open(bytes, { maxOutputLength: decodedCharsMax });
    } catch {
      // Not this form.
    }
  return undefined;
}

// RFC 4648, section 6.
function fromBase32(text: string): Buffer | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.toUpperCase().replace(/=+$/, '')) {
    const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}

const base85 =
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

function fromBase85(text: string): Buffer | undefined {
  return fromFives([...text].map((letter) => base85.indexOf(letter)));
}

function fromAscii85(text: string): Buffer | undefined {
  const plain = text
    .replace(/^<~/, '')
    .replace(/~>$/, '')
    .replaceAll('z', '!!!!!')
    .replaceAll('y', '+<VdL');
  return fromFives([...plain].map((letter) => letter.charCodeAt(0) - 33));
}

// Five digits to the base of 85 are four bytes.
function fromFives(values: readonly number[]): Buffer | undefined {
  if (values.some((value) => value < 0 || value > 84)) return undefined;
  const missing = (5 - (values.length % 5)) % 5;
  const padded = [...values, ...new Array<number>(missing).fill(84)];
  const bytes: number[] = [];
  for (let at = 0; at < padded.length; at += 5) {
    const word = padded.slice(at, at + 5).reduce((sum, value) => sum * 85 + value, 0);
    bytes.push((word >>> 24) & 0xff, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
  }
  return Buffer.from(bytes.slice(0, bytes.length - missing));
}

// RFC 2152: letters in UTF-16 as base64 between `+` and `-`.
function fromUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, coded: string) => {
    const bytes = Buffer.from(coded, 'base64');
    if (coded === '') return '+';
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le');
  });
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

/** `\x41`, `\u0041`, `\101` and `\n` as what they stand for. */
export function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|([0-7]{1,3})|(\n|.))/gs,
    (whole, x?: string, u?: string, long?: string, octal?: string, one?: string) => {
      const code = x ?? u ?? long;
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        return point < 0x11_00_00 ? letterOf(point) : whole;
      }
      if (octal !== undefined) return letterOf(Number.parseInt(octal, 8));
      return one === undefined ? whole : (escapes.get(one) ?? whole);
    },
  );
}

/** A number as the letters of its bytes. */
export function numberBytes(number: Known, length: Known, isBig: boolean): string | undefined {
  if (typeof number !== 'bigint' && !Number.isInteger(number)) return undefined;
  if (typeof length !== 'number' || !(length >= 0 && length <= numberBytesMax)) return undefined;
  const digits = BigInt(number as number | bigint).toString(16);
  if (digits.startsWith('-') || digits.length > 2 * length) return undefined;
  const bytes = Buffer.from(digits.padStart(2 * length, '0'), 'hex');
  return textOf(isBig ? bytes : bytes.reverse());
}

const numberBytesMax = 4_096;

/** `tr('a-z', 'n-za-m')`: letters by their places in two lists, the last of the second again. */
export function translated(text: string, from: string, to: string): string {
  const before = spread(from);
  const after = spread(to);
  return [...text]
    .map((letter) => {
      const at = before.indexOf(letter);
      return at < 0 ? letter : (after[at] ?? after.at(-1) ?? '');
    })
    .join('');
}

/** The letters of a set, in which `a-z` stands for all between. */
export function spread(letters: string): readonly string[] {
  return [
    ...letters.replace(/(.)-(.)/gs, (_, first: string, last: string) => {
      const from = first.charCodeAt(0);
      const length = Math.max(0, Math.min(last.charCodeAt(0) - from + 1, 256));
      return Array.from({ length }, (_, at) => String.fromCharCode(from + at)).join('');
    }),
  ];
}
