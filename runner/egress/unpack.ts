/** Decompresses bodies by their content coding (RFC 9110 §8.4.1). */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** Bytes to which the proxy decompresses a request body. */
const egressUnpackedBytesMax = 32 * 1024 * 1024;

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
 * Decompresses bytes. Returns undefined for an unknown coding, for more than `most` decompressed
 * bytes, and for input with bytes after the end of the compressed stream. Another reader could find
 * a secret in the bytes after that end.
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

// With the option `info`, zlib of Node also returns its engine, which counts the consumed bytes.
function isUnpacked(
  value: unknown,
): value is { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } {
  return typeof value === 'object' && value !== null && 'buffer' in value && 'engine' in value;
}
