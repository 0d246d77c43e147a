/**
 * Decoders of Python's standard library, computed: base64 and its kin, hex, zlib, gzip, rot13, text
 * encodings (library reference: base64, codecs, zlib).
 */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { foldedCharsMax } from '../../../limits.ts';

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
