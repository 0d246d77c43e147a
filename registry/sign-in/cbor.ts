/**
 * CBOR as CTAP2 allows it (RFC 8949, definite lengths, no key twice): the format of authenticator
 * data.
 */
import { decodeFirst, type Token, Tokenizer, Type } from 'cborg';
import { cborDepthMax } from '../limits.ts';

export interface CborItem {
  /** Whole number, Uint8Array, string, boolean, null, array or Map. */
  readonly value: unknown;
  /** Bytes that the item takes. */
  readonly length: number;
}

const strictly = {
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
} as const;

/**
 * Parses one item; undefined for anything else.
 * @param options `more`: other bytes may follow the item
 */
export function parseCbor(bytes: Uint8Array, { more = false } = {}): CborItem | undefined {
  try {
    const [value, rest] = decodeFirst(bytes, {
      ...strictly,
      tokenizer: new WithoutFloats(bytes, strictly),
    });
    if (!isAllowed(value, cborDepthMax) || (!more && rest.length > 0)) return undefined;
    return { value, length: bytes.length - rest.length };
  } catch {
    return undefined;
  }
}

class WithoutFloats extends Tokenizer {
  override next(): Token {
    const token = super.next();
    if (token.type === Type.float) throw new RangeError('a float');
    return token;
  }
}

const wholeMax = 2 ** 32;

// CTAP2 §8 allows at most four levels, and keys that are numbers or texts.
function isAllowed(value: unknown, levels: number): boolean {
  if (levels < 0) return false;
  if (Array.isArray(value)) return value.every((item) => isAllowed(item, levels - 1));
  // CTAP2 needs no number of eight bytes, and JavaScript would round such a number.
  if (typeof value === 'number') return value >= -wholeMax && value < wholeMax;
  if (!(value instanceof Map)) return true;
  const isKey = (key: unknown) => typeof key === 'number' || typeof key === 'string';
  return [...value].every(
    ([key, item]) => isKey(key) && isAllowed(key, levels - 1) && isAllowed(item, levels - 1),
  );
}
