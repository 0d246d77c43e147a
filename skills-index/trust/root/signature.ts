/** Makes TUF signatures with a given signer, and counts valid TUF signatures of different keys. */
import { createPublicKey, verify } from 'node:crypto';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import type { Signer } from '../../statement/sign.ts';
import {
  olpcJson,
  spkiOfTuf,
  type TufKey,
  type TufMetadata,
  type TufRole,
  type TufSignature,
  type TufSigned,
  tufKeyOf,
} from './metadata.ts';

/** The TUF metadata with one more signature, which replaces an older signature by the same key. */
export async function signTuf<Signed extends TufSigned>(
  { signed, signatures }: TufMetadata<Signed>,
  signer: Signer,
): Promise<TufMetadata<Signed>> {
  const { keyid } = tufKeyOf(signer.publicKey);
  const sig = Buffer.from(await signer.sign(Buffer.from(olpcJson(signed)))).toString('hex');
  const others = signatures.filter((one) => one.keyid !== keyid);
  return {
    signatures: [...others, { keyid, sig }].sort((a, b) => (a.keyid < b.keyid ? -1 : 1)),
    signed,
  };
}

/** Ids of a TUF role's keys whose signature on the metadata is valid, each id once. */
export function tufSignersOf(
  { signed, signatures }: TufMetadata,
  role: TufRole,
  keys: Readonly<Record<string, TufKey>>,
): readonly string[] {
  const holding = role.keyids.filter((keyid) =>
    signatures.some((one) => one.keyid === keyid && holdsOver(signed, one, keys)),
  );
  return [...new Set(holding)];
}

/** Whether a signature over this TUF metadata is valid under the key that the signature names. */
export function holdsOver(
  signed: TufSigned,
  { keyid, sig }: TufSignature,
  keys: Readonly<Record<string, TufKey>>,
): boolean {
  const key = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined;
  return key !== undefined && holds(Buffer.from(olpcJson(signed)), key, sig);
}

/** The bytes under which TUF metadata is served; a snapshot names the digest of these bytes. */
export function tufBytes(metadata: TufMetadata): Uint8Array {
  return Buffer.from(canonicalJson(metadata));
}

function holds(bytes: Uint8Array, key: TufKey, sig: string): boolean {
  const publicKey = createPublicKey({
    key: Buffer.from(spkiOfTuf(key)),
    format: 'der',
    type: 'spki',
  });
  return verify('sha256', bytes, publicKey, Buffer.from(sig, 'hex'));
}
