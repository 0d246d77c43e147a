/** Parses and verifies DSSE v1 envelopes. `sign.ts` makes envelopes. */

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { Problem } from '../../skill/problem.ts';
import { exactObject, parseShape, unplaced } from '../../skill/shape.ts';
import type { PublicKey, Statement } from '../attestation.ts';
import { base64, isP256Spki, type Shape } from '../field-shapes.ts';
import { parseStatement } from '../parse-statement.ts';

/** Maximum length of a DER signature in base64. A P-256 signature in DER has at most 72 bytes. */
const signatureCharsMax = 96;

/** Maximum size of an envelope's JSON, with the payload in base64 and the signature. */
export const envelopeBytesMax = 1_500_000;

export const inTotoPayloadType = 'application/vnd.in-toto+json';

/** A DSSE envelope in JSON, with exactly one signature. */
export interface Envelope {
  /** The signed bytes in base64. */
  readonly payload: string;
  readonly payloadType: string;
  /**
   * `keyid` is always empty, because `keyid` is not signed, and because cosign rejects a key id.
   */
  readonly signatures: readonly [{ readonly sig: string; readonly keyid: '' }];
}

/** The pre-authentication encoding of DSSE v1: the bytes that a DSSE signature covers. */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head), payload]);
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

/**
 * The shape of an envelope with exactly one signature. The key id is not signed, so it must be
 * empty.
 */
export const envelopeShape = envelopeWith(noKeyId);

/** The shape of an envelope as other programs write envelopes: they leave out an empty key id. */
export const sentEnvelopeShape = envelopeWith(v.optional(noKeyId, '') as never);

/**
 * Parses an envelope without verifying the envelope's signature.
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
 * The statement in an envelope whose signature was NOT verified. Use the statement only to find the
 * key that the signature is verified with.
 * @throws Problem `statement-invalid`
 */
export function peekStatement(envelope: Envelope): Statement {
  requireInToto(envelope);
  return parseStatement(Buffer.from(envelope.payload, 'base64'));
}

/**
 * Rejects an envelope with any payload type but in-toto's. The payload type is signed, and decides
 * how the payload is parsed.
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
export function verifyEnvelope(
  envelope: Envelope,
  spki: Uint8Array,
  parse: ParseKey = parseKey,
): boolean {
  const [{ sig }] = envelope.signatures;
  try {
    if (!isP256Spki(spki)) return false;
    const key = parse(spki);
    const signed = pae(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
    return verify('sha256', signed, key, Buffer.from(sig, 'base64'));
  } catch {
    return false;
  }
}

/** The candidate key that signed the envelope; undefined when no candidate signed the envelope. */
export function envelopeSigner(
  envelope: Envelope,
  candidates: Iterable<PublicKey>,
  parse?: ParseKey,
): PublicKey | undefined {
  for (const candidate of candidates) {
    if (verifyEnvelope(envelope, Buffer.from(candidate.spki, 'base64'), parse)) return candidate;
  }
  return undefined;
}

// Parses public keys for verification. Caches parsed keys where few keys verify many signatures.

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
