/**
 * Parses public keys for verification. Caches parsed keys where few keys verify many signatures.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';

/**
 * Parses the SPKI DER of a public key.
 * @throws Error when the bytes are not a public key
 */
export type ParseKey = (spki: Uint8Array) => KeyObject;

/** Parses a public key without a cache. */
export const parseKey: ParseKey = (spki) =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });

/**
 * Caches parsed keys, and empties the cache when the cache is full. Equal bytes always give an
 * equal key.
 */
export function rememberingParseKey(keysMax: number): ParseKey {
  const known = new Map<string, KeyObject>();
  return (spki) => {
    const address = Buffer.from(spki).toString('latin1');
    const key = known.get(address) ?? parseKey(spki);
    if (known.size >= keysMax) known.clear();
    known.set(address, key);
    return key;
  };
}
