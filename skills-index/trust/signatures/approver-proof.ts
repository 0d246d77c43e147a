/**
 * Verifies the signature of an approver of this host. The approver signs with a P-256 key, or with
 * a passkey whose challenge is the hash of the signed bytes.
 */
import { createHash } from 'node:crypto';
import type { EnrolledPasskey, PasskeyAssertion } from '../../statement/attestation.ts';
import { pae } from '../../statement/signature-formats/envelope.ts';
import { isSignedBy, whyNotAsserted } from './passkey.ts';

/** The approver's key or passkey: exactly one of the two is present. */
export interface ProvingKey {
  readonly key?: { readonly spki: string };
  readonly passkey?: EnrolledPasskey;
}

/** An approver's proof: a signature (base64, ECDSA with SHA-256, DER) or a passkey's assertion. */
export interface ApproverProof {
  readonly signature?: string;
  readonly assertion?: PasskeyAssertion;
}

/**
 * The challenge that an approver's passkey signs: SHA-256 over DSSE's pre-authentication encoding,
 * 32 bytes.
 */
export function proofChallenge(type: string, payload: Uint8Array): Uint8Array {
  return createHash('sha256').update(pae(type, payload)).digest();
}

/** Why an approver's proof is not valid; empty when the proof is valid. */
export function whyNotProven(
  { key, passkey }: ProvingKey,
  type: string,
  payload: Uint8Array,
  proof: ApproverProof,
): string[] {
  if (passkey !== undefined && proof.assertion !== undefined)
    return whyNotAsserted(proof.assertion, proofChallenge(type, payload), passkey);
  if (key === undefined || proof.signature === undefined) return ['it is not signed'];
  const spki = Buffer.from(key.spki, 'base64');
  return isSignedBy(spki, pae(type, payload), Buffer.from(proof.signature, 'base64'))
    ? []
    : ['its signature is not valid'];
}
