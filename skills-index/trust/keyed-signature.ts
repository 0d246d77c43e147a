/** Verifies the signature of a keyed bundle with the library that everybody uses, and the key that it is checked with. */
import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { type TrustMaterial, toSignedEntity, VerificationError, Verifier } from '@sigstore/verify';
import { noteKeyId } from '../log/checkpoint.ts';
import { type Digest, digestOf } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { isP256Spki } from '../statement/field-shapes.ts';
import type { KeyedBundle } from '../statement/sigstore-bundle.ts';

/** SPKI DER of a key by its id. */
export type KeySource = (keyId: Digest) => Uint8Array | undefined;

/**
 * SPKI DER of the key that a bundle names: from the source, or as the log entry has it.
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

// Read for the key alone: `verifyEntry` then demands that the whole body is the one that this key and envelope give.
function keyInEntry(bundle: KeyedBundle): Uint8Array {
  const body = Buffer.from(bundle.verificationMaterial.tlogEntries[0].canonicalizedBody, 'base64').toString('utf8');
  const [, spki] = /"publicKey":\{"rawBytes":"([A-Za-z0-9+/=]+)"\}/.exec(body) ?? [];
  if (spki === undefined) throw new Problem('log-invalid', 'The log entry names no public key');
  return Buffer.from(spki, 'base64');
}

/**
 * Verifies signature and inclusion. Keyed statements have no time of their own, so no timestamp is demanded and the log's key has no
 * end here: order is the log's index.
 * @param log the origin, and SPKI DER of the key that signed the bundle's checkpoint
 * @throws Problem `log-invalid`, `signature-invalid`
 */
export function verifyKeyed(
  bundle: KeyedBundle,
  spki: Uint8Array,
  log: { readonly origin: string; readonly key: Uint8Array },
): void {
  const always = { start: new Date(0), end: new Date(8_640_000_000_000_000) };
  const material: TrustMaterial = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    ctlogs: [],
    tlogs: [
      {
        baseURL: `https://${log.origin}`,
        logID: Buffer.from(noteKeyId(log.origin, log.key)),
        publicKey: createPublicKey({ key: Buffer.from(log.key), format: 'der', type: 'spki' }),
        validFor: always,
      },
    ],
    publicKey: () => ({
      publicKey: createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }),
      validFor: () => true,
    }),
  };
  try {
    const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 0 });
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
  } catch (cause) {
    const inLog = cause instanceof VerificationError && cause.code.startsWith('TLOG_');
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(inLog ? 'log-invalid' : 'signature-invalid', `The statement does not verify: ${message}`, { cause });
  }
}
