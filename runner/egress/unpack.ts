/** Bodies that say how they are packed (RFC 9110 §8.4.1). */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { egressUnpackedBytesMax } from '../limits.ts';

const unpackers: Readonly<Record<string, (bytes: Uint8Array, limit: { readonly maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** What is in the body; undefined for a coding that nobody knows, for what does not unpack, and for more than may be looked into. */
export function unpack(body: Uint8Array, coding: string): Uint8Array | undefined {
  if (coding === 'identity') return body;
  try {
    return Object.hasOwn(unpackers, coding) ? unpackers[coding]?.(body, { maxOutputLength: egressUnpackedBytesMax }) : undefined;
  } catch {
    return undefined;
  }
}
