/**
 * Signs statements with a given signer, and parses and verifies their DSSE v1 envelopes.
 */
import { createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { exactObject, parseShape, unplaced } from '../skill/shape.ts';
import { type PublicKey, type Statement, statementBytes } from './attestation.ts';
import { base64, isP256Spki, type Shape } from './field-shapes.ts';
import { signatureCharsMax } from './limits.ts';
import { parseStatement } from './parse-statement.ts';

/** A P-256 private key, in a file, a keychain, a hardware token or WebCrypto. */
export interface Signer {
  /** SHA-256 of `publicKey`. */
  readonly keyId: Digest;
  /** SPKI DER. */
  readonly publicKey: Uint8Array;
  /** ECDSA over P-256 with SHA-256, DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

export const inTotoPayloadType = 'application/vnd.in-toto+json';

/** A DSSE envelope in JSON, with exactly one signature. */
export interface Envelope {
  /** Base64. */
  readonly payload: string;
  readonly payloadType: string;
  /** `keyid` is always empty, because it is unsigned and cosign rejects it. */
  readonly signatures: readonly [{ readonly sig: string; readonly keyid: '' }];
}

/** DSSE v1 pre-authentication encoding. */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Signs the statement's canonical form. */
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

const noKeyId = v.literal('', 'is not empty');

const envelopeWith = (keyid: Shape<''>): Shape<Envelope> =>
  exactObject({
    payload: base64,
    payloadType: v.pipe(v.string(), v.minLength(1, 'is empty')),
    signatures: v.strictTuple([
      exactObject({
        sig: v.pipe(
          base64,
          v.minLength(1, 'is empty'),
          v.maxLength(signatureCharsMax, 'is too long'),
        ),
        keyid,
      }),
    ]),
  });

/** An envelope with exactly one signature. A key id would not be signed, so it must be empty. */
export const envelopeShape = envelopeWith(noKeyId);

/** An envelope as other programs write it: they leave out an empty key id. */
export const sentEnvelopeShape = envelopeWith(v.optional(noKeyId, '') as never);

/**
 * Parses an envelope without verifying its signature.
 * @throws Problem `statement-invalid`
 */
export function parseEnvelope(value: unknown): Envelope {
  return parseShape(
    envelopeShape,
    unplaced(value, 'envelope'),
    'statement-invalid',
    'the DSSE envelope',
  );
}

/**
 * The statement in an envelope whose signature was NOT verified. Use it only to find the key to
 * verify with.
 * @throws Problem `statement-invalid`
 */
export function peekStatement(envelope: Envelope): Statement {
  requireInToto(envelope);
  return parseStatement(Buffer.from(envelope.payload, 'base64'));
}

/**
 * Rejects an envelope with any other payload type: the type is signed, and decides how the payload
 * is parsed.
 * @throws Problem `statement-invalid`
 */
export function requireInToto({ payloadType }: Envelope): void {
  if (payloadType === inTotoPayloadType) return;
  throw new Problem(
    'statement-invalid',
    `The payload is ${JSON.stringify(payloadType)}, not an in-toto statement`,
  );
}

/** Whether this P-256 key (SPKI DER) signed the envelope. */
export function verifyEnvelope(envelope: Envelope, spki: Uint8Array): boolean {
  const [{ sig }] = envelope.signatures;
  try {
    if (!isP256Spki(spki)) return false;
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const signed = pae(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
    return verify('sha256', signed, key, Buffer.from(sig, 'base64'));
  } catch {
    return false;
  }
}

/** The candidate that signed the envelope; undefined when none did. */
export function envelopeSigner(
  envelope: Envelope,
  candidates: Iterable<PublicKey>,
): PublicKey | undefined {
  for (const candidate of candidates) {
    if (verifyEnvelope(envelope, Buffer.from(candidate.spki, 'base64'))) return candidate;
  }
  return undefined;
}
