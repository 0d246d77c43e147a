/** Public keys parsed for verifying; who verifies many signatures by few keys parses each once. */
import { createPublicKey, type KeyObject } from 'node:crypto';

/** Makes a key of its SPKI DER; what is no key throws. */
export type ParseKey = (spki: Uint8Array) => KeyObject;

/** Parses every time. */
export const parseKey: ParseKey = (spki) =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });

/**
 * Parses what it has not parsed before, and forgets all when it knows too many. A key depends on
 * its bytes alone.
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
