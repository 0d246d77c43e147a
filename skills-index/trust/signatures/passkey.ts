/**
 * Verifies the signature of an approver of this host. The approver signs with a P-256 key, or with
 * a passkey whose challenge is the hash of the signed bytes.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { Problem } from '../../skill/problem.ts';
import { parseJson } from '../../skill/text/json.ts';
import {
  type ApprovalStatement,
  type EnrolledPasskey,
  type PasskeyAssertion,
  statementBytes,
} from '../../statement/attestation.ts';
import { inTotoPayloadType, pae } from '../../statement/signature-formats/envelope.ts';

export const clientDataBytesMax = 4_096;

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

// Verifies the assertion of a passkey (WebAuthn level 3 §7.2).

/** The approval as drafted, without the member `assertion`. */
export function withoutAssertion(statement: ApprovalStatement): ApprovalStatement {
  const { assertion: _, ...predicate } = statement.predicate;
  return { ...statement, predicate };
}

/**
 * The challenge that a passkey signs for an approval: SHA-256(PAE(S)), 32 bytes, where S is the
 * approval without `assertion`.
 */
export function approvalChallenge(statement: ApprovalStatement): Uint8Array {
  return sha256(pae(inTotoPayloadType, statementBytes(withoutAssertion(statement))));
}

/**
 * Reads a COSE key: EC2, ES256, P-256, with its members in the only order that CTAP2 allows.
 * @returns the key's SPKI DER, or undefined for any other key
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

/** A request to an authenticator: to create a passkey, or to sign with a passkey. */
export interface Ceremony {
  readonly type: 'webauthn.create' | 'webauthn.get';
  /** The challenge of the request, in base64url. */
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
}

/**
 * Why a passkey's assertion is not valid for this challenge and passkey; empty when the assertion
 * is valid.
 */
export function whyNotAsserted(
  assertion: PasskeyAssertion,
  challenge: Uint8Array,
  { credentialId, publicKey, origin, rpId }: EnrolledPasskey,
): string[] {
  const data = decode(assertion.authenticatorData);
  const client = decode(assertion.clientDataJSON);
  const ceremony: Ceremony = {
    type: 'webauthn.get',
    challenge: Buffer.from(challenge).toString('base64url'),
    origin,
    rpId,
  };
  const hasMoreData = (flagsOf(data) & flagsWithMoreData) !== 0;
  return [
    ...(assertion.credentialId === credentialId ? [] : ['it is of another passkey']),
    ...whyNotAnswered(client, data, ceremony),
    ...((hasMoreData ? data.length > 37 : data.length === 37)
      ? []
      : ['its authenticator data has the wrong length']),
    ...(isAsserted(assertion, publicKey) ? [] : ['its signature is not valid']),
  ];
}

/**
 * Why client data and authenticator data do not belong to this request; empty when both belong to
 * the request. Checks the steps common to WebAuthn level 3 §7.1 and §7.2.
 */
export function whyNotAnswered(client: Buffer, data: Buffer, ceremony: Ceremony): string[] {
  const isOfSite = data.subarray(0, 32).equals(sha256(Buffer.from(ceremony.rpId)));
  return [
    ...whyNotClientData(client, ceremony),
    ...(isOfSite ? [] : ['it is for another site']),
    ...((flagsOf(data) & userPresent) === 0 ? ['nobody was present'] : []),
    ...((flagsOf(data) & userVerified) === 0 ? ['the person was not verified'] : []),
  ];
}

/** The flags of a passkey's authenticator data (WebAuthn level 3 §6.1). */
export function flagsOf(authenticatorData: Buffer): number {
  return authenticatorData[32] ?? 0;
}

// The beginning of a COSE key in CBOR: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: 32 bytes x,
// -3: 32 bytes y}.
const coseHead = Buffer.from('a5010203262001215820', 'hex');
const coseY = Buffer.from('225820', 'hex');
const spkiHead = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

const userPresent = 0x01;
const userVerified = 0x04;
const flagsWithMoreData = 0xc0;

function whyNotClientData(bytes: Buffer, { type, challenge, origin, rpId }: Ceremony): string[] {
  const client = readClientData(bytes);
  if (client === undefined) return ['its client data cannot be read'];
  const isOfPage = client.origin === origin && isOfSite(origin, rpId);
  return [
    ...(client.type === type ? [] : [`its type is not ${type}`]),
    ...(client.challenge === challenge
      ? []
      : [type === 'webauthn.get' ? 'it signs another statement' : 'it answers another challenge']),
    ...(isOfPage ? [] : ['it was made at another origin']),
    ...(isInOwnPage(client) ? [] : ['it was made inside another page']),
  ];
}

// No other site may frame the page that asks for a passkey (WebAuthn level 3 §5.8.1). Only an
// absent or false `crossOrigin` shows that no other site framed the page.
function isInOwnPage({ crossOrigin, topOrigin }: Readonly<Record<string, unknown>>): boolean {
  return (crossOrigin === undefined || crossOrigin === false) && topOrigin === undefined;
}

function isAsserted(
  { authenticatorData, clientDataJSON, signature }: PasskeyAssertion,
  publicKey: string,
): boolean {
  const signed = Buffer.concat([decode(authenticatorData), sha256(decode(clientDataJSON))]);
  const spki = coseToSpki(decode(publicKey));
  return spki !== undefined && isSignedBy(spki, signed, decode(signature));
}

/** Whether a key (SPKI DER) signed these bytes by ECDSA with SHA-256; the signature is in DER. */
export function isSignedBy(spki: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return verify('sha256', bytes, key, signature);
  } catch {
    return false;
  }
}

// A browser creates passkeys only for the host of a page or for a parent domain.
function isOfSite(origin: string, rpId: string): boolean {
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
