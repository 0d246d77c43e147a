/** Compressed or encoded programs in a file of a type whose end cannot be determined. */
import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { programIn } from '../fact/program-look.ts';
import { mediaTextCharsMax } from '../limits.ts';

/** The encoding of a packed program; undefined when the first candidate places have none. */
export function packedProgram(bytes: Uint8Array): string | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let tries = 0;
  for (let at = 0; at + 8 < view.length && tries < triesMax; at++) {
    const unpack = unpackAt(view, at);
    if (unpack === undefined) continue;
    tries += 1;
    const text = unpack();
    if (text !== undefined && isText(text) && programIn(text) !== undefined)
      return 'a compressed program';
  }
  for (const [run] of view.toString('latin1').matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)) {
    if (++tries > triesMax) break;
    const text = Buffer.from(run.slice(0, mediaTextCharsMax), 'base64').toString('utf8');
    if (isText(text) && programIn(text) !== undefined) return 'an encoded program';
  }
  return undefined;
}

const triesMax = 1_000;

// RFC 1952 and RFC 1950 define how each begins.
function unpackAt(view: Buffer, at: number): (() => string | undefined) | undefined {
  const first = view[at] ?? 0;
  const second = view[at + 1] ?? 0;
  const rest = (): Buffer => view.subarray(at, at + packedBytesMax);
  const isGzip = first === 0x1f && second === 0x8b && view[at + 2] === 8;
  if (isGzip) return () => unpacked(() => gunzipSync(rest(), options));
  const isZlib = first === 0x78 && (first * 256 + second) % 31 === 0 && (second & 0x20) === 0;
  if (isZlib) return () => unpacked(() => inflateSync(rest(), options));
  return at <= rawStartMax ? () => unpacked(() => inflateRawSync(rest(), options)) : undefined;
}

// A stream without a header of its own is searched only right behind the file's header.
const rawStartMax = 128;
const packedBytesMax = 65_536;
const options = { maxOutputLength: 4 * mediaTextCharsMax, finishFlush: 2 } as const;

function unpacked(unpack: () => Buffer): string | undefined {
  try {
    return unpack().toString('utf8');
  } catch {
    return undefined;
  }
}

function isText(text: string): boolean {
  return text.length >= 16 && !/[\ufffd\0-\x08]/.test(text.slice(0, 4_000));
}
