/** A passkey's assertion over an approval, verified from the file alone (WebAuthn level 3 §7.2). */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { parseJson } from '../skill/json.ts';
import { Problem } from '../skill/problem.ts';
import {
  type ApprovalStatement,
  type EnrolledPasskey,
  type PasskeyAssertion,
  statementBytes,
} from '../statement/attestation.ts';
import { inTotoPayloadType, pae } from '../statement/sign.ts';
import { clientDataBytesMax } from './limits.ts';

/** The approval as drafted, without `assertion`. */
export function withoutAssertion(statement: ApprovalStatement): ApprovalStatement {
  const { assertion: _, ...predicate } = statement.predicate;
  return { ...statement, predicate };
}

/**
 * SHA-256(PAE(S)), 32 bytes, where S is the approval without `assertion`: what the passkey is asked
 * to sign.
 */
export function approvalChallenge(statement: ApprovalStatement): Uint8Array {
  return sha256(pae(inTotoPayloadType, statementBytes(withoutAssertion(statement))));
}

/**
 * The key inside a COSE key: EC2, ES256, P-256, in the one order that CTAP2 allows.
 * @returns SPKI DER, or undefined for any other key
 */
export function coseToSpki(cose: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(cose);
  const x = bytes.subarray(10, 42);
  const y = bytes.subarray(45, 77);
  const fixed =
    bytes.length === 77 &&
    coseHead.equals(bytes.subarray(0, 10)) &&
    coseY.equals(bytes.subarray(42, 45));
  return fixed ? Buffer.concat([spkiHead, x, y]) : undefined;
}

/** Why the assertion does not hold for this challenge and passkey; none when it does. */
export function whyNotAsserted(
  assertion: PasskeyAssertion,
  challenge: Uint8Array,
  passkey: EnrolledPasskey,
): string[] {
  const data = decode(assertion.authenticatorData);
  const client = decode(assertion.clientDataJSON);
  return [
    ...(assertion.credentialId === passkey.credentialId ? [] : ['it is of another passkey']),
    ...whyNotClientData(client, challenge, passkey),
    ...whyNotAuthenticatorData(data, passkey),
    ...(isSigned(assertion, passkey) ? [] : ['its signature does not hold']),
  ];
}

/**
 * Whether client data says nothing of another page around the one that asked (§5.8.1): absent or
 * `false`, and nothing that only looks like it.
 */
export function isOwnPage({ crossOrigin, topOrigin }: Readonly<Record<string, unknown>>): boolean {
  return (crossOrigin === undefined || crossOrigin === false) && topOrigin === undefined;
}

// {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: 32 bytes x, -3: 32 bytes y} in CBOR.
const coseHead = Buffer.from('a5010203262001215820', 'hex');
const coseY = Buffer.from('225820', 'hex');
const spkiHead = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

const userPresent = 0x01;
const userVerified = 0x04;
const flagsWithMoreData = 0xc0;

function whyNotClientData(
  bytes: Buffer,
  challenge: Uint8Array,
  passkey: EnrolledPasskey,
): string[] {
  const client = readClientData(bytes);
  if (client === undefined) return ['its client data cannot be read'];
  return [
    ...(client.type === 'webauthn.get' ? [] : ['it is no assertion']),
    ...(client.challenge === Buffer.from(challenge).toString('base64url')
      ? []
      : ['it is over another statement']),
    ...(client.origin === passkey.origin && isOfRp(passkey)
      ? []
      : ['it was made at another origin']),
    ...(isOwnPage(client) ? [] : ['it was made inside another page']),
  ];
}

function whyNotAuthenticatorData(data: Buffer, passkey: EnrolledPasskey): string[] {
  const flags = data[32] ?? 0;
  const complete = (flags & flagsWithMoreData) === 0 ? data.length === 37 : data.length > 37;
  return [
    ...(complete ? [] : ['its authenticator data has the wrong length']),
    ...(Buffer.compare(data.subarray(0, 32), sha256(Buffer.from(passkey.rpId))) === 0
      ? []
      : ['it is for another site']),
    ...((flags & userPresent) === 0 ? ['nobody was present'] : []),
    ...((flags & userVerified) === 0 ? ['the person was not verified'] : []),
  ];
}

function isSigned(
  { authenticatorData, clientDataJSON, signature }: PasskeyAssertion,
  passkey: EnrolledPasskey,
): boolean {
  const signed = Buffer.concat([decode(authenticatorData), sha256(decode(clientDataJSON))]);
  try {
    const spki = Buffer.from(coseToSpki(decode(passkey.publicKey)) ?? []);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return verify('sha256', signed, key, decode(signature));
  } catch {
    return false;
  }
}

// An origin whose host is not the passkey's site (or below it) cannot have been enrolled rightly.
function isOfRp({ origin, rpId }: EnrolledPasskey): boolean {
  const host = URL.parse(origin)?.hostname;
  return host !== undefined && (host === rpId || host.endsWith(`.${rpId}`));
}

function readClientData(bytes: Buffer): Record<string, unknown> | undefined {
  if (bytes.length > clientDataBytesMax) return undefined;
  try {
    const { value } = parseJson(bytes, 'client data');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
