/** Signs statements with a given signer. A run verifies envelopes and signs none. */
import type { Digest } from '../skill/digest.ts';
import { type Statement, statementBytes } from './attestation.ts';
import { type Envelope, inTotoPayloadType, pae } from './signature-formats/envelope.ts';

/** A P-256 private key in a file, a keychain, a hardware token or WebCrypto. */
export interface Signer {
  /** The key's id, which is SHA-256 of `publicKey`. */
  readonly keyId: Digest;
  /** The public key in SPKI DER. */
  readonly publicKey: Uint8Array;
  /** Signs bytes by ECDSA over P-256 with SHA-256; the signature is in DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Signs a statement's canonical form. */
export async function signStatement(statement: Statement, signer: Signer): Promise<Envelope> {
  return signPayload(inTotoPayloadType, statementBytes(statement), signer);
}

/** Signs a payload that is not an in-toto statement, such as status.json. */
export async function signPayload(
  payloadType: string,
  payload: Uint8Array,
  signer: Signer,
): Promise<Envelope> {
  const sig = Buffer.from(await signer.sign(pae(payloadType, payload))).toString('base64');
  return {
    payload: Buffer.from(payload).toString('base64'),
    payloadType,
    signatures: [{ sig, keyid: '' }],
  };
}
