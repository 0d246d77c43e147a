/**
 * Bytes become text: byte order marks, UTF-16 and UTF-32, Python's coding line, and bytes that are
 * not UTF-8.
 */
import { pythonCodecs } from './tables/codecs.ts';

export interface Decoded {
  /** Without a byte order mark; line ends unchanged. */
  readonly text: string;
  /** The WHATWG name, `utf-32le`, or `utf-8 with errors` for UTF-8 with some invalid bytes. */
  readonly encoding: string;
  /** Whether every byte was decoded. */
  readonly exact: boolean;
}

/** Text of bytes; undefined for bytes that are no text. */
export function decodeText(bytes: Uint8Array): Decoded | undefined {
  const marked = byMark(bytes);
  if (marked !== undefined) return marked;
  const wide = wideWithoutMark(bytes);
  if (wide !== undefined) return wide;
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      encoding: 'utf-8',
      exact: true,
    };
  } catch {
    return hasOddBytes(bytes) ? undefined : notUtf8(bytes);
  }
}

export interface CodingLine {
  /** The encoding's name, in lower case with hyphens. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /**
   * The label of a decoder; undefined for a codec that turns text into other text, and for an
   * unknown one.
   */
  readonly label: string | undefined;
}

/**
 * The encoding that a Python file declares in its first two lines (PEP 263); undefined when it
 * declares none, or UTF-8.
 */
export function codingLine(text: string): CodingLine | undefined {
  const [first = '', second = ''] = text.slice(0, 2_000).split(/\r\n|\r|\n/, 2);
  const form = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]{1,60})/;
  const isOpen = /^[ \t\f]*(?:#.*)?$/.test(first);
  const found = form.exec(first) ?? (isOpen ? form.exec(second) : null);
  if (found === null) return undefined;
  const name = (found[1] ?? '').toLowerCase().replaceAll('_', '-');
  if (/^utf-?8(-(sig|unix|dos|mac))?$|^u8$/.test(name)) return undefined;
  const start = text.indexOf(found[0]);
  return {
    name,
    start,
    end: start + found[0].length,
    label: Object.hasOwn(pythonCodecs, name) ? pythonCodecs[name] : undefined,
  };
}

/** Text of bytes in a named encoding; undefined when a byte is invalid in it. */
export function decodeAs(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function byMark(bytes: Uint8Array): Decoded | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return utf32(bytes, true);
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return utf32(bytes, false);
  if (a === 0xff && b === 0xfe) return utf16('utf-16le', bytes);
  if (a === 0xfe && b === 0xff) return utf16('utf-16be', bytes);
  return undefined;
}

function utf16(encoding: 'utf-16le' | 'utf-16be', bytes: Uint8Array): Decoded {
  const text = decodeAs(encoding, bytes);
  return {
    text: text ?? new TextDecoder(encoding).decode(bytes),
    encoding,
    exact: text !== undefined,
  };
}

function utf32(bytes: Uint8Array, isLittle: boolean): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  let exact = bytes.byteLength % 4 === 0;
  for (let at = 4; at + 4 <= bytes.byteLength; at += 4) {
    const point = view.getUint32(at, isLittle);
    const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    if (!isCharacter) exact = false;
    parts.push(isCharacter ? String.fromCodePoint(point) : '\ufffd');
  }
  return { text: parts.join(''), encoding: isLittle ? 'utf-32le' : 'utf-32be', exact };
}

// Latin text in UTF-16 has a zero in every other byte, and editors recognise it by these zeros.
function wideWithoutMark(bytes: Uint8Array): Decoded | undefined {
  const sample = bytes.subarray(0, 4096);
  if (sample.byteLength < 8 || sample.byteLength % 2 !== 0) return undefined;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < sample.length; at += 2) {
    if (sample[at] === 0) even++;
    if (sample[at + 1] === 0) odd++;
  }
  const half = sample.byteLength / 2;
  const encoding =
    odd > half * 0.6 && even < half * 0.02
      ? 'utf-16le'
      : even > half * 0.6 && odd < half * 0.02
        ? 'utf-16be'
        : '';
  if (encoding === '') return undefined;
  const decoded = utf16(encoding, bytes);
  return hasControls(decoded.text) ? undefined : decoded;
}

function hasControls(text: string): boolean {
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text.slice(0, 4096));
}

function hasOddBytes(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4096);
  let odd = 0;
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd++;
  return odd * 20 > sample.byteLength;
}

// A UTF-8 text with a broken part stays UTF-8. A text without any UTF-8 character beyond ASCII is
// in an old Western encoding.
function notUtf8(bytes: Uint8Array): Decoded {
  const text = new TextDecoder('utf-8').decode(bytes);
  if (/[^\0-\x7f\ufffd]/.test(text)) return { text, encoding: 'utf-8 with errors', exact: false };
  return {
    text: new TextDecoder('windows-1252').decode(bytes),
    encoding: 'windows-1252',
    exact: false,
  };
}
