/** Bodies that say how they are packed (RFC 9110 §8.4.1). */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { egressUnpackedBytesMax } from '../limits.ts';

type Unpacker = (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number; readonly info: true },
) => unknown;

const unpackers: Readonly<Record<string, Unpacker>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/**
 * What is in the bytes; undefined for a coding that nobody knows, for what does not unpack to its
 * last byte, and for more than `most` bytes. Whatever follows the packed bytes must not be left
 * out: other readers go on there.
 */
export function unpack(
  packed: Uint8Array,
  coding: string,
  most = egressUnpackedBytesMax,
): Uint8Array | undefined {
  if (coding === 'identity') return packed;
  try {
    const unpacked = Object.hasOwn(unpackers, coding)
      ? unpackers[coding]?.(packed, { maxOutputLength: most, info: true })
      : undefined;
    return isUnpacked(unpacked) && unpacked.engine.bytesWritten === packed.length
      ? unpacked.buffer
      : undefined;
  } catch {
    return undefined;
  }
}

// With `info`, Node gives its engine as well, which says how much it read.
function isUnpacked(
  value: unknown,
): value is { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } {
  return typeof value === 'object' && value !== null && 'buffer' in value && 'engine' in value;
}
