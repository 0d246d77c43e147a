/**
 * Checks that a picture, a sound or a font is only that: no second file behind it, none around it.
 */
import { looseBytesMax } from '../limits.ts';
import { endOfMedia } from './file-ends.ts';
import { isPlainArray } from './numpy-array.ts';
import { packedProgram } from './packed-program.ts';

/** Why a file is more than its first bytes say. */
export interface Doubt {
  /**
   * `polyglot`: it is a file of another type as well. `unreadable`: it contains data without a
   * type.
   */
  readonly what: 'polyglot' | 'unreadable';
  readonly detail: string;
}

/** The fault of a file of an inert type; undefined for a correct one. */
export function doubtMedia(type: string, bytes: Uint8Array): Doubt | undefined {
  const second = secondFile(bytes);
  if (second !== undefined) return { what: 'polyglot', detail: `${type} and also ${second}` };
  if (type === 'NumPy array' && !isPlainArray(bytes))
    return { what: 'unreadable', detail: 'NumPy array that is not of plain numbers' };
  const packed = endlessTypes.has(type) ? packedProgram(bytes) : undefined;
  if (packed !== undefined) return { what: 'polyglot', detail: `${type} with ${packed} in it` };
  const end = endOfMedia(type, bytes);
  if (end === undefined) return undefined;
  const loose = bytes.subarray(end);
  if (
    loose.byteLength <= looseBytesMax ||
    loose.every((byte) => byte === 0 || byte === 0xff || byte === 0x0a || byte === 0x20)
  )
    return undefined;
  if (looksLikeText(loose))
    return {
      what: 'polyglot',
      detail: `${type} with text of ${loose.byteLength} bytes behind its end`,
    };
  return {
    what: 'unreadable',
    detail: `${type} with ${loose.byteLength} bytes that are no part of it`,
  };
}

/** Types without an end that could be checked; files of these types are searched. */
const endlessTypes: ReadonlySet<string> = new Set([
  'MP3 audio',
  'FLAC audio',
  'WebM video',
  'SQLite database',
  'SQLite write-ahead log',
  'SQLite index of a write-ahead log',
  'TIFF image',
  'Windows metafile',
]);

// Programs that read zip archives begin at the end, and PDF readers allow any data in the first
// kilobyte.
function secondFile(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end >= 0 && end + 22 <= buffer.length) {
    const directory = end - buffer.readUInt32LE(end + 12);
    if (directory >= 0 && (directory === end || buffer.readUInt32BE(directory) === 0x504b0102))
      return 'a zip archive';
  }
  if (buffer.subarray(0, 1024).includes('%PDF-')) return 'a PDF document';
  if (buffer.indexOf(Buffer.from('377abcaf271c', 'hex')) >= 0) return 'a 7-Zip archive';
  if (buffer.indexOf(Buffer.from('526172211a07', 'hex')) >= 0) return 'a RAR archive';
  if (/<\?php\b|<script\b/i.test(buffer.toString('latin1'))) return 'a page with a script';
  return undefined;
}

function looksLikeText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 512);
  let printable = 0;
  for (const byte of sample)
    if ((byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13) printable++;
  return printable >= sample.byteLength * 0.9;
}
