/** Reads the CBOR that CTAP2 allows (RFC 8949, definite lengths only): what an authenticator writes about itself. */
import { cborDepthMax } from './limits.ts';

export interface CborItem {
  /** number, Buffer, string, boolean, null, array or Map. */
  readonly value: unknown;
  /** Bytes that it takes. */
  readonly length: number;
}

/**
 * One item; undefined for anything else.
 * @param options `more`: other bytes may stand behind it
 */
export function readCbor(bytes: Buffer, { more = false } = {}): CborItem | undefined {
  try {
    const reader = { bytes, at: 0 };
    const value = readItem(reader, 0);
    return more || reader.at === bytes.length ? { value, length: reader.at } : undefined;
  } catch (cause) {
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

function readItem(reader: Reader, depth: number): unknown {
  if (depth > cborDepthMax) throw new RangeError('too deep');
  const head = take(reader, 1).readUInt8();
  const [kind, short] = [head >> 5, head & 31];
  if (kind === 7) return simple(short);
  const count = argument(reader, short);
  switch (kind) {
    case 0:
      return count;
    case 1:
      return -1 - count;
    case 2:
      return take(reader, count);
    case 3:
      return take(reader, count).toString('utf8');
    case 4:
      return Array.from(counted(reader, count), () => readItem(reader, depth + 1));
    case 5:
      return readMap(reader, count, depth);
    default:
      throw new RangeError('a tag');
  }
}

function readMap(reader: Reader, count: number, depth: number): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  for (const _ of counted(reader, count)) {
    const key = readItem(reader, depth + 1);
    if ((typeof key !== 'string' && typeof key !== 'number') || map.has(key))
      throw new RangeError('a key that is odd or there twice');
    map.set(key, readItem(reader, depth + 1));
  }
  return map;
}

// Each item takes a byte at least: a length that claims more is refused before room is made for it.
function counted(reader: Reader, count: number): Iterable<number> {
  if (count > reader.bytes.length - reader.at) throw new RangeError('cut off');
  return Array(count).keys();
}

function argument(reader: Reader, short: number): number {
  if (short < 24) return short;
  if (short > 26) throw new RangeError('an indefinite or too great a length');
  return take(reader, 1 << (short - 24)).readUIntBE(0, 1 << (short - 24));
}

function simple(short: number): unknown {
  if (short === 20 || short === 21) return short === 21;
  if (short === 22) return null;
  throw new RangeError('a float or an unknown simple value');
}

function take(reader: Reader, count: number): Buffer {
  if (count > reader.bytes.length - reader.at) throw new RangeError('cut off');
  reader.at += count;
  return reader.bytes.subarray(reader.at - count, reader.at);
}
