/** Finds the key of a keyed bundle, and verifies the bundle's signature with Sigstore's library. */
import { bundleFromJSON } from '@sigstore/bundle';
import { type TrustMaterial, toSignedEntity, Verifier } from '@sigstore/verify';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { isP256Spki } from '../../statement/field-shapes.ts';
import type { ParseKey } from '../../statement/signature-formats/parse-key.ts';
import type { KeyedBundle } from '../../statement/signature-formats/sigstore-bundle.ts';

/** Gives the SPKI DER of a key, by the key's id. */
export type KeySource = (keyId: Digest) => Uint8Array | undefined;

/**
 * The SPKI DER of the key that a bundle names: from the key source, or otherwise from the bundle's
 * log entry.
 * @throws Problem `key-unknown`, `signature-invalid`, `log-invalid`
 */
export function signerKey(bundle: KeyedBundle, keys: KeySource | undefined): Uint8Array {
  const signer = bundle.verificationMaterial.publicKey.hint;
  const spki = keys === undefined ? keyInEntry(bundle) : keys(signer);
  if (spki === undefined) throw new Problem('key-unknown', `Nobody enrolled the key ${signer}`);
  if (!isP256Spki(spki) || digestOf(spki) !== signer) {
    throw new Problem('signature-invalid', `The key is not the P-256 key that ${signer} names`);
  }
  return spki;
}

const none: never[] = [];

// Reads only the key from the bundle's log entry. `verifyOwnEntry` later requires that the whole
// entry results from this key and envelope.
function keyInEntry(bundle: KeyedBundle): Uint8Array {
  const body = Buffer.from(
    bundle.verificationMaterial.tlogEntries[0].canonicalizedBody,
    'base64',
  ).toString('utf8');
  const spki = /"publicKey":\{"rawBytes":"([A-Za-z0-9+/=]+)"\}/.exec(body)?.[1];
  if (spki === undefined) throw new Problem('log-invalid', 'The log entry names no public key');
  return Buffer.from(spki, 'base64');
}

/**
 * Verifies only the signature of a keyed bundle. `verifyOwnEntry` has verified the place in the
 * log, so the library need not verify the place again. Keyed statements have no time; the log index
 * gives their order.
 * @throws Problem `signature-invalid`
 */
export function verifyKeyed(bundle: KeyedBundle, spki: Uint8Array, parse: ParseKey): void {
  const material: TrustMaterial = {
    certificateAuthorities: none,
    timestampAuthorities: none,
    ctlogs: none,
    tlogs: none,
    publicKey: () => ({ publicKey: parse(spki), validFor: () => true }),
  };
  try {
    const { signature, key } = toSignedEntity(bundleFromJSON(bundle));
    const verifier = new Verifier(material, {
      tlogThreshold: 0,
      ctlogThreshold: 0,
      timestampThreshold: 0,
    });
    verifier.verify({ signature, key, tlogEntries: none, timestamps: none });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('signature-invalid', `The statement does not verify: ${message}`, { cause });
  }
}
