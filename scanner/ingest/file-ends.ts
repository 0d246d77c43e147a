/**
 * Finds the end of a picture, a sound or a font by its own structure: data behind the end is
 * something else.
 */
import { inflateSync } from 'node:zlib';

export const mediaTextCharsMax = 64 * 1024;

/** Consecutive characters that count as a text inside a picture or a decoded blob. */
const runCharsMin = 24;

/**
 * The offset behind the last complete part of a file of the type; undefined for types whose end
 * only a decoder can tell.
 */
export function endOfMedia(type: string, bytes: Uint8Array): number | undefined {
  return Object.hasOwn(ends, type) ? ends[type]?.(new Reader(bytes)) : undefined;
}

class Reader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.byteLength;
  }

  u8(at: number): number {
    return this.bytes[at] ?? 0;
  }

  /** 0 behind the end of the file. */
  u16(at: number, isLittle = false): number {
    return at + 2 > this.size ? 0 : this.#view.getUint16(at, isLittle);
  }

  u32(at: number, isLittle = false): number {
    return at + 4 > this.size ? 0 : this.#view.getUint32(at, isLittle);
  }

  word(at: number, length: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, at + length));
  }
}

const ends: Readonly<Record<string, (reader: Reader) => number>> = {
  'PNG image': endOfPng,
  'JPEG image': endOfJpeg,
  'GIF image': endOfGif,
  'WebP image': endOfRiff,
  'WAV audio': endOfRiff,
  'AVIF or HEIC image': endOfBoxes,
  icon: endOfIcon,
  'BMP image': (reader) => Math.min(reader.u32(2, true), reader.size),
  'WOFF font': endOfWoff,
  'WOFF2 font': endOfWoff,
  'TrueType font': endOfFont,
  'OpenType font': endOfFont,
  'Ogg media': endOfOgg,
  'AppleDouble metadata': endOfAppleDouble,
};

// PNG, section 5.3: length, type, data, checksum.
function endOfPng(reader: Reader): number {
  let at = 8;
  while (at + 12 <= reader.size) {
    const next = at + 12 + reader.u32(at);
    if (next > reader.size) return at;
    if (reader.word(at + 4, 4) === 'IEND') return next;
    at = next;
  }
  return at;
}

// ITU T.81, annex B. Cameras write a second picture behind the first (CIPA DC-007): it is read the
// same way.
function endOfJpeg(reader: Reader): number {
  let at = 0;
  let end = 0;
  while (reader.u16(at) === 0xffd8) {
    const next = endOfOneJpeg(reader, at + 2);
    if (next === undefined) return end === 0 ? at + 2 : end;
    end = next;
    at = next;
    while (at < reader.size && reader.u8(at) === 0) at += 1;
  }
  return end;
}

function endOfOneJpeg(reader: Reader, start: number): number | undefined {
  let at = start;
  while (at + 2 <= reader.size) {
    if (reader.u8(at) !== 0xff) return undefined;
    const marker = reader.u8(at + 1);
    if (marker === 0xd9) return at + 2;
    if (marker === 0xff || (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01)
      at += marker === 0xff ? 1 : 2;
    else {
      const length = reader.u16(at + 2);
      if (length < 2) return undefined;
      at += 2 + length;
      if (marker === 0xda) at = endOfEntropy(reader, at);
    }
  }
  return undefined;
}

// In coded data each ff is followed by 00 or a restart marker.
function endOfEntropy(reader: Reader, start: number): number {
  let at = reader.bytes.indexOf(0xff, start);
  while (at >= 0 && at + 1 < reader.size) {
    const marker = reader.u8(at + 1);
    if (marker !== 0 && !(marker >= 0xd0 && marker <= 0xd7) && marker !== 0xff) return at;
    at = reader.bytes.indexOf(0xff, at + (marker === 0xff ? 1 : 2));
  }
  return reader.size;
}

// GIF89a, sections 18 to 27.
function endOfGif(reader: Reader): number {
  const table = (at: number): number =>
    (reader.u8(at) & 0x80) === 0 ? 0 : 3 * 2 ** ((reader.u8(at) & 7) + 1);
  let at = 13 + table(10);
  for (;;) {
    const block = reader.u8(at);
    if (at >= reader.size) return Math.min(at, reader.size);
    if (block === 0x3b) return at + 1;
    let data = at;
    if (block === 0x21) data = at + 2;
    else if (block === 0x2c) data = at + 10 + table(at + 9) + 1;
    else return at;
    while (data < reader.size && reader.u8(data) !== 0) data += 1 + reader.u8(data);
    if (data >= reader.size) return at;
    at = data + 1;
  }
}

function endOfRiff(reader: Reader): number {
  const size = 8 + reader.u32(4, true);
  return Math.min(size + (size % 2), reader.size);
}

// ISO/IEC 14496-12, section 4.2.
function endOfBoxes(reader: Reader): number {
  let at = 0;
  while (at + 8 <= reader.size) {
    const short = reader.u32(at);
    const long = short === 1 ? reader.u32(at + 8) * 2 ** 32 + reader.u32(at + 12) : short;
    const size = short === 0 ? reader.size - at : long;
    if (size < 8 || at + size > reader.size || !/^[\x20-\x7e\xa9]{4}$/.test(reader.word(at + 4, 4)))
      return at;
    at += size;
  }
  return at;
}

function endOfIcon(reader: Reader): number {
  let end = 6 + 16 * reader.u16(4, true);
  for (let at = 6; at + 16 <= Math.min(6 + 16 * reader.u16(4, true), reader.size); at += 16)
    end = Math.max(end, reader.u32(at + 8, true) + reader.u32(at + 12, true));
  return Math.min(end, reader.size);
}

// Both forms of WOFF hold their length; WOFF2 the same at the same place.
function endOfWoff(reader: Reader): number {
  return Math.min(reader.u32(8), reader.size);
}

// OpenType, "Table Directory".
function endOfFont(reader: Reader): number {
  let end = 12;
  const tables = reader.u16(4);
  for (let index = 0; index < tables; index++) {
    const at = 12 + 16 * index;
    end = Math.max(end, at + 16, reader.u32(at + 8) + reader.u32(at + 12));
  }
  return Math.min(end, reader.size);
}

// RFC 3533, section 6.
function endOfOgg(reader: Reader): number {
  let at = 0;
  while (reader.word(at, 4) === 'OggS') {
    let next = at + 27 + reader.u8(at + 26);
    for (let index = 0; index < reader.u8(at + 26); index++) next += reader.u8(at + 27 + index);
    if (next > reader.size) return at;
    at = next;
  }
  return at;
}

// RFC 1740, appendix A: a table of offsets and lengths.
function endOfAppleDouble(reader: Reader): number {
  let end = 26;
  for (let index = 0; index < reader.u16(24); index++)
    end = Math.max(end, reader.u32(26 + 12 * index + 4) + reader.u32(26 + 12 * index + 8));
  return Math.min(end, reader.size);
}

// Text inside a picture, a sound or a font: comments, EXIF, XMP, tags. Agents that read a file's
// metadata read this text.

/** All parts with words, one line each; empty when there are none. */
export function textInside(type: string, bytes: Uint8Array): string {
  const found = [...runsOf(bytes), ...(type === 'PNG image' ? compressedTexts(bytes) : [])];
  const kept = [...new Set(found.map((text) => text.trim()))].filter(holdsWords);
  return kept.join('\n').slice(0, mediaTextCharsMax);
}

// Names of tables and colour profiles are no text for readers: only several consecutive words
// count.
function holdsWords(text: string): boolean {
  return (
    text.length >= runCharsMin &&
    (/(?:\p{L}{2,}[,.:;'"-]? +){3}/u.test(text) || /https?:\/\/|[|`$]\(?\s?\w+ -/.test(text))
  );
}

// Runs of printable bytes, including UTF-8 beyond ASCII, and the same in UTF-16.
function* runsOf(bytes: Uint8Array): Generator<string> {
  let start = 0;
  for (let at = 0; at <= bytes.byteLength; at++) {
    const byte = bytes[at] ?? 0;
    if ((byte >= 32 && byte !== 127) || byte === 9 || byte === 10 || byte === 13) continue;
    if (at - start >= runCharsMin) {
      const text = new TextDecoder().decode(
        bytes.subarray(start, Math.min(at, start + mediaTextCharsMax)),
      );
      for (const [piece] of text.matchAll(/[^\ufffd\x80-\x9f]{16,}/g)) yield piece;
    }
    start = at + 1;
  }
  for (const shift of [0, 1]) yield* wideRuns(bytes, shift);
}

function* wideRuns(bytes: Uint8Array, shift: number): Generator<string> {
  let run = '';
  for (let at = shift; at + 1 < bytes.byteLength; at += 2) {
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    const letter = first === 0 ? second : second === 0 ? first : 0;
    if ((letter >= 32 && letter < 127) || letter === 10 || letter === 13)
      run += String.fromCharCode(letter);
    else if (run !== '') {
      if (run.length >= runCharsMin) yield run;
      run = '';
    }
  }
  if (run.length >= runCharsMin) yield run;
}

// PNG, section 11.3.4: zTXt and iTXt hold compressed text.
function* compressedTexts(bytes: Uint8Array): Generator<string> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= view.length; at += 12 + view.readUInt32BE(at)) {
    const type = view.toString('latin1', at + 4, at + 8);
    if (type !== 'zTXt' && type !== 'iTXt') continue;
    const data = view.subarray(at + 8, at + 8 + view.readUInt32BE(at));
    const start = type === 'zTXt' ? data.indexOf(0) + 2 : startOfInternational(data);
    try {
      if (start > 1)
        yield inflateSync(data.subarray(start), { maxOutputLength: mediaTextCharsMax }).toString(
          'utf8',
        );
    } catch {
      // Not compressed, or broken: viewers do not show it either.
    }
  }
}

function startOfInternational(data: Buffer): number {
  const keyword = data.indexOf(0);
  const language = data.indexOf(0, keyword + 3);
  return language < 0 ? 0 : data.indexOf(0, language + 1) + 1;
}
