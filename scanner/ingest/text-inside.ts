/**
 * Text inside a picture, a sound or a font: comments, EXIF, XMP, tags. Agents that read a file's
 * metadata read this text.
 */
import { inflateSync } from 'node:zlib';
import { mediaTextCharsMax, runCharsMin } from '../limits.ts';

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
