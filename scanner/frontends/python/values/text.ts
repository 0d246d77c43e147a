/** Methods of Python's text, computed (library reference: text sequence type). */

import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { foldedCharsMax } from '../../../fact/shared-limits.ts';
import type { FoldedList, MaybeFolded } from '../program.ts';
import { formatOf } from './operators.ts';
import { isDict, itemsOf, keyOf, listOf, type MethodCall, wholeOf } from './value.ts';

/** The result of a method of text; undefined where it is not known. */
export function textMethod(text: string, method: string, call: MethodCall): MaybeFolded {
  const [first] = call.args;
  switch (method) {
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return stripped(text, method, first);
    case 'encode':
      return encoded(text, first ?? call.keywords.get('encoding'));
    case 'decode':
      return typeof first === 'string' ? (transformText(text, first) ?? text) : text;
    case 'lower':
    case 'casefold':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'title':
    case 'capitalize':
      return method === 'title'
        ? text.toLowerCase().replace(/\b[a-z]/g, (one) => one.toUpperCase())
        : text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
    case 'swapcase':
      return [...text]
        .map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()))
        .join('');
    case 'replace':
      return replaced(text, call);
    case 'removeprefix':
      return typeof first !== 'string'
        ? undefined
        : text.startsWith(first)
          ? text.slice(first.length)
          : text;
    case 'removesuffix':
      return typeof first !== 'string'
        ? undefined
        : first !== '' && text.endsWith(first)
          ? text.slice(0, -first.length)
          : text;
    case 'format':
      return formatOf(text, call.args, call.keywords, call.hole);
    case 'format_map':
      return isDict(first)
        ? formatOf(
            text,
            [],
            new Map([...first.entries.values()].map(({ key, value }) => [String(key), value])),
          )
        : undefined;
    default:
      return (
        partsMethod(text, method, call) ??
        searchMethod(text, method, call) ??
        testMethod(text, method)
      );
  }
}

function replaced(text: string, { args, keywords, hole }: MethodCall): string | undefined {
  const [old, by, third] = args;
  const count = args.length > 2 ? third : keywords.has('count') ? keywords.get('count') : -1n;
  const most = wholeOf(count);
  if (typeof old !== 'string' || typeof by !== 'string' || most === undefined) return undefined;
  // A part that is not known may hold some of those that count.
  if (most >= 0 && hole !== undefined && text.includes(hole)) return undefined;
  let left = most < 0 ? Number.POSITIVE_INFINITY : most;
  return short(text.replaceAll(old, () => (left-- > 0 ? by : old)));
}

function partsMethod(text: string, method: string, call: MethodCall): MaybeFolded {
  const [first, second] = call.args;
  switch (method) {
    case 'join':
      return joined(text, first);
    case 'split':
    case 'rsplit':
      return split(text, method, first, wholeOf(second ?? call.keywords.get('maxsplit')));
    case 'splitlines':
      return call.args.length > 0 || call.keywords.size > 0
        ? undefined
        : listOf(text.split(/\r\n|\n|\r/));
    case 'partition':
    case 'rpartition': {
      if (typeof first !== 'string') return undefined;
      const at = method === 'partition' ? text.indexOf(first) : text.lastIndexOf(first);
      return at < 0
        ? listOf([text, '', ''], 'tuple')
        : listOf([text.slice(0, at), first, text.slice(at + first.length)], 'tuple');
    }
    case 'translate':
      return translated(text, first);
    case 'zfill':
    case 'rjust':
      return text.padStart(
        Math.min(wholeOf(first) ?? 0, 4_096),
        method === 'zfill' ? '0' : typeof second === 'string' ? second : ' ',
      );
    case 'ljust':
      return text.padEnd(
        Math.min(wholeOf(first) ?? 0, 4_096),
        typeof second === 'string' ? second : ' ',
      );
    default:
      return undefined;
  }
}

// Methods that search a text, or its part between two bounds.
function searchMethod(text: string, method: string, call: MethodCall): MaybeFolded {
  const [sought, start, end] = call.args;
  if (typeof sought !== 'string' || ![start, end].every(isBound)) return undefined;
  // The empty text stands at some bounds and not at others.
  if (sought === '' && call.args.length > 1) return undefined;
  const letters = [...text];
  const from = wholeOf(start ?? undefined) ?? 0;
  const part = letters.slice(from, wholeOf(end ?? undefined)).join('');
  switch (method) {
    case 'index':
    case 'find':
    case 'rindex':
    case 'rfind': {
      const at = method.startsWith('r') ? part.lastIndexOf(sought) : part.indexOf(sought);
      if (at < 0) return method.endsWith('find') ? -1n : undefined;
      const skipped = from < 0 ? Math.max(0, letters.length + from) : from;
      return BigInt(skipped + [...part.slice(0, at)].length);
    }
    case 'count':
      return sought === '' ? undefined : BigInt(part.split(sought).length - 1);
    case 'startswith':
      return part.startsWith(sought);
    case 'endswith':
      return part.endsWith(sought);
    default:
      return undefined;
  }
}

function isBound(value: MaybeFolded): boolean {
  return value === undefined || value === null || wholeOf(value) !== undefined;
}

function testMethod(text: string, method: string): MaybeFolded {
  switch (method) {
    case 'isalpha':
      return /^[A-Za-z]+$/.test(text);
    case 'isdigit':
      return /^\d+$/.test(text);
    case 'isupper':
      return text !== text.toLowerCase() && text === text.toUpperCase();
    case 'islower':
      return text !== text.toUpperCase() && text === text.toLowerCase();
    case 'isalnum':
      return /^[A-Za-z0-9]+$/.test(text);
    case 'isspace':
      return /^\s+$/.test(text);
    default:
      return undefined;
  }
}

function stripped(text: string, method: string, given: MaybeFolded): string {
  const letters = typeof given === 'string' ? new Set(given) : undefined;
  const gone = (one: string | undefined): boolean =>
    one !== undefined && (letters === undefined ? /\s/.test(one) : letters.has(one));
  const list = [...text];
  let start = 0;
  let end = list.length;
  if (method !== 'rstrip') while (start < end && gone(list[start])) start++;
  if (method !== 'lstrip') while (end > start && gone(list[end - 1])) end--;
  return list.slice(start, end).join('');
}

function encoded(text: string, encoding: MaybeFolded): Uint8Array | undefined {
  const name = typeof encoding === 'string' ? encoding.toLowerCase() : 'utf-8';
  if (/^utf-?8$|^ascii$/.test(name)) return Buffer.from(text);
  if (/^latin|^iso-?8859-1/.test(name)) return Buffer.from(text, 'latin1');
  return /^utf-?16/.test(name) ? Buffer.from(text, 'utf16le') : undefined;
}

function joined(separator: string, list: MaybeFolded): string | undefined {
  const items = itemsOf(list);
  if (items === undefined || !items.every((item) => typeof item === 'string')) return undefined;
  return short(items.join(separator));
}

function split(
  text: string,
  method: string,
  separator: MaybeFolded,
  most: number | undefined,
): FoldedList | undefined {
  if (separator !== undefined && separator !== null && typeof separator !== 'string')
    return undefined;
  const parts =
    typeof separator === 'string'
      ? separator === ''
        ? [text]
        : text.split(separator)
      : text.trim().split(/\s+/).filter(Boolean);
  if (most === undefined || most < 0 || parts.length <= most + 1) return listOf(parts);
  const glue = typeof separator === 'string' ? separator : ' ';
  return method === 'split'
    ? listOf([...parts.slice(0, most), parts.slice(most).join(glue)])
    : listOf([parts.slice(0, parts.length - most).join(glue), ...parts.slice(parts.length - most)]);
}

function translated(text: string, table: MaybeFolded): string | undefined {
  if (!isDict(table)) return undefined;
  const done = [...text].map((letter) => {
    const entry = table.entries.get(keyOf(BigInt(letter.codePointAt(0) ?? 0)));
    if (entry === undefined) return letter;
    const { value } = entry;
    return typeof value === 'bigint'
      ? String.fromCodePoint(Number(value))
      : value === null
        ? ''
        : value;
  });
  return done.every((one) => typeof one === 'string') ? done.join('') : undefined;
}

function short(text: string): string | undefined {
  return text.length > foldedCharsMax ? undefined : text;
}

// Decoders of Python's standard library, computed: base64 and its kin, hex, zlib, gzip, rot13, text
// encodings (library reference: base64, codecs, zlib).

const limit = { maxOutputLength: foldedCharsMax };

/** What a decoder gives for bytes, by its last name; undefined for what is not computed. */
export function decodeBytes(qual: string, bytes: Uint8Array): Uint8Array | undefined {
  const data = Buffer.from(bytes);
  const text = data.toString('latin1').replace(/\s/g, '');
  try {
    switch (qual.split('.').at(-1)) {
      case 'b64decode':
      case 'standard_b64decode':
      case 'decodebytes':
      case 'decodestring':
      case 'a2b_base64':
      case 'urlsafe_b64decode':
        return Buffer.from(text, 'base64');
      case 'unhexlify':
      case 'a2b_hex':
      case 'b16decode':
        return fromHex(text);
      case 'b32decode':
        return fromBase32(text, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
      case 'b32hexdecode':
        return fromBase32(text, '0123456789ABCDEFGHIJKLMNOPQRSTUV');
      case 'b85decode':
        return fromBase85(text);
      case 'a85decode':
        return fromAscii85(text);
      case 'decompress':
        if (qual.startsWith('gzip')) return gunzipSync(data, limit);
        if (qual.startsWith('zlib')) return inflated(data);
        return qual.startsWith('brotli') ? brotliDecompressSync(data, limit) : undefined;
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

// wbits decides which of the three forms is read; whichever fits is what was meant.
function inflated(data: Buffer): Uint8Array {
  if (data[0] === 0x1f) return gunzipSync(data, limit);
  try {
    return inflateSync(data, limit);
  } catch {
    return inflateRawSync(data, limit);
  }
}

/** Hexadecimal digits as bytes; undefined for other text. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\s:]/g, '');
  return /^([0-9a-fA-F]{2})*$/.test(digits) ? Buffer.from(digits, 'hex') : undefined;
}

function fromBase32(text: string, alphabet: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.toUpperCase().replace(/=+$/, '')) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Uint8Array.from(bytes);
}

const base85 =
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

function fromBase85(text: string): Uint8Array | undefined {
  const values = [...text].map((letter) => base85.indexOf(letter));
  return values.includes(-1) ? undefined : fromFives(values, 84);
}

function fromAscii85(text: string): Uint8Array | undefined {
  const plain = text
    .replace(/^<~/, '')
    .replace(/~>$/, '')
    .replace(/z/g, '!!!!!')
    .replace(/y/g, '+<VdL');
  const values = [...plain].map((letter) => letter.charCodeAt(0) - 33);
  return values.some((value) => value < 0 || value > 84) ? undefined : fromFives(values, 84);
}

function fromFives(values: readonly number[], filler: number): Uint8Array {
  const missing = (5 - (values.length % 5)) % 5;
  const padded = [...values, ...new Array<number>(missing).fill(filler)];
  const bytes: number[] = [];
  for (let at = 0; at < padded.length; at += 5) {
    const word = padded.slice(at, at + 5).reduce((sum, value) => sum * 85 + value, 0);
    bytes.push((word >>> 24) & 0xff, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff);
  }
  return Uint8Array.from(bytes.slice(0, bytes.length - missing));
}

/** Bytes as text, in an encoding of Python; undefined for one that is not known. */
export function bytesToText(bytes: Uint8Array, encoding: string): string | undefined {
  const data = Buffer.from(bytes);
  switch (encoding.toLowerCase().replace(/[_ ]/g, '-')) {
    case 'utf-8':
    case 'utf8':
    case 'ascii':
    case 'utf-8-sig':
      return data.toString('utf8');
    case 'utf-16':
    case 'utf-16-le':
    case 'utf-16le':
      return data.toString('utf16le').replace(/^\ufeff/, '');
    case 'utf-16-be':
      return data.length % 2 === 0 ? Buffer.from(data).swap16().toString('utf16le') : undefined;
    case 'utf-7':
      return fromUtf7(data.toString('latin1'));
    case 'unicode-escape':
    case 'raw-unicode-escape':
      return unescaped(data.toString('latin1'));
    case 'latin-1':
    case 'latin1':
    case 'iso-8859-1':
    case 'cp1252':
      return data.toString('latin1');
    default:
      return undefined;
  }
}

/**
 * Text by a codec from text to text (`rot13`), or from bytes to bytes written as text (`hex`,
 * `base64`).
 */
export function transformText(text: string, codec: string): string | undefined {
  const name = codec.toLowerCase().replace(/[-_ ]|codec$/g, '');
  if (name === 'rot13') return rot13(text);
  const bytes = Buffer.from(text, 'latin1');
  const from = {
    hex: 'unhexlify',
    base64: 'b64decode',
    zlib: 'zlib.decompress',
    zip: 'zlib.decompress',
  }[name];
  const done = from === undefined ? undefined : decodeBytes(from, bytes);
  return done === undefined ? undefined : Buffer.from(done).toString('latin1');
}

/** Letters turned by thirteen. */
export function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

/** Text in UTF-7 (RFC 2152). */
export function fromUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, coded: string) =>
    coded === '' ? '+' : bigEndian(Buffer.from(coded, 'base64')),
  );
}

function bigEndian(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2)
    text += String.fromCharCode(bytes.readUInt16BE(at));
  return text;
}

/** `\x41`, `\u0041`, `\101` and `\n` as what they stand for. */
export function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([nrt\\'"]))/g,
    (all, x, u, w, o, s) => {
      const code = x ?? u ?? w;
      if (code !== undefined)
        return Number.parseInt(code, 16) <= 0x10ffff
          ? String.fromCodePoint(Number.parseInt(code, 16))
          : all;
      if (o !== undefined) return String.fromCharCode(Number.parseInt(o, 8));
      return { n: '\n', r: '\r', t: '\t' }[String(s)] ?? String(s);
    },
  );
}
