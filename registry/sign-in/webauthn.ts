/**
 * What a browser's answer proves when a passkey is created or approves (WebAuthn level 3 §7.1,
 * §7.2): ES256 keys, and no attestation, since the desk requests none. An administrator's
 * statement, not the maker of the device, says whose key it is.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { decodeFirst, type Token, Tokenizer, Type } from 'cborg';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type {
  EnrolledPasskey,
  PasskeyAssertion,
} from '../../skills-index/statement/attestation.ts';
import {
  coseToSpki,
  flagsOf,
  whyNotAnswered,
  whyNotAsserted,
} from '../../skills-index/trust/signatures/passkey.ts';

/** How long a browser waits for a person to use a passkey. */
const ceremonyMs = 60_000;

/** WebAuthn level 3 §5.8.3. */
const credentialIdBytesMax = 1_023;

const cborDepthMax = 4;

/** The relying party. */
export interface Site {
  readonly rpId: string;
  readonly origin: string;
}

/** `AuthenticatorAttestationResponse` as JSON, all base64url. */
export interface MadeCredential {
  readonly id: string;
  readonly rawId: string;
  readonly response: { readonly clientDataJSON: string; readonly attestationObject: string };
}

/** The options for `navigator.credentials.get` as JSON (§5.5). */
export function requestOptions(rpId: string, challenge: Uint8Array, credentialId: string): object {
  return {
    rpId,
    challenge: Buffer.from(challenge).toString('base64url'),
    allowCredentials: [{ id: credentialId, type: 'public-key' }],
    timeout: ceremonyMs,
    userVerification: 'required',
  };
}

/**
 * The options for `navigator.credentials.create` as JSON (§5.4): a discoverable ES256 key, created
 * with user verification.
 */
export function createOptions(
  rpId: string,
  challenge: Uint8Array,
  user: string,
  known: readonly string[],
): object {
  return {
    rp: { name: 'Skillgate', id: rpId },
    // The device shows this name at every use of the passkey, so that a person who signs in
    // somewhere else sees that something is wrong.
    user: {
      id: handleOf(user),
      name: `${user}: approves skills`,
      displayName: `${user}: approves skills`,
    },
    challenge: Buffer.from(challenge).toString('base64url'),
    pubKeyCredParams: [{ alg: es256, type: 'public-key' }],
    timeout: ceremonyMs,
    attestation: 'none',
    excludeCredentials: known.map((id) => ({ id, type: 'public-key' })),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
  };
}

/**
 * The passkey that was created.
 * @param challenge base64url, as it was issued
 * @throws Problem `not-signed-in` with every reason
 */
export function passkeyMade(
  { id, rawId, response }: MadeCredential,
  challenge: string,
  site: Site,
): EnrolledPasskey {
  const client = decode(response.clientDataJSON);
  const made = readAttestation(decode(response.attestationObject));
  const data = made === undefined ? undefined : readAuthenticatorData(made.authData);
  if (made === undefined || data === undefined)
    throw refusal('not-signed-in', ['its attestation object cannot be read']);
  const key = keyOf(data.cose);
  const reasons = [
    ...whyNotAnswered(client, made.authData, { type: 'webauthn.create', challenge, ...site }),
    ...whyNotBackup(flagsOf(made.authData)),
    ...(id === rawId && data.credentialId === id ? [] : ['it names another credential']),
    ...(key === undefined ? ['its key is not an ES256 key'] : []),
    ...(isFreeOfMaker(made, client, key)
      ? []
      : ['it carries an attestation that the desk did not ask for']),
  ];
  if (reasons.length > 0) throw refusal('not-signed-in', reasons);
  return { credentialId: id, publicKey: Buffer.from(data.cose).toString('base64url'), ...site };
}

/**
 * Checks an approval as installers will, and the device's backup flags as well.
 * @throws Problem `approval-refused` with every reason
 */
export function requireAsserted(
  assertion: PasskeyAssertion,
  challenge: Uint8Array,
  passkey: EnrolledPasskey,
): void {
  const flags = flagsOf(decode(assertion.authenticatorData));
  const reasons = [...whyNotBackup(flags), ...whyNotAsserted(assertion, challenge, passkey)];
  if (reasons.length > 0) throw refusal('approval-refused', reasons);
}

/** The authenticator's signature counter (§6.1.1); 0 when the authenticator does not count. */
export function signCount({ authenticatorData }: PasskeyAssertion): number {
  return decode(authenticatorData).readUInt32BE(33);
}

/**
 * 64 bytes that stay the same for a member: a new passkey replaces an older one on the same device.
 */
function handleOf(member: string): string {
  return Buffer.from(digestOf(`member:${member}`))
    .subarray(0, 64)
    .toString('base64url');
}

const es256 = -7;
const flag = {
  backupEligible: 0x08,
  backedUp: 0x10,
  credential: 0x40,
  extensions: 0x80,
};

interface Attestation {
  readonly format: unknown;
  readonly statement: ReadonlyMap<unknown, unknown>;
  readonly authData: Buffer;
}

function readAttestation(bytes: Buffer): Attestation | undefined {
  const value = parseCbor(bytes)?.value;
  if (!(value instanceof Map) || value.size !== 3) return undefined;
  const statement = value.get('attStmt');
  const authData = value.get('authData');
  if (!(statement instanceof Map) || !(authData instanceof Uint8Array)) return undefined;
  return { format: value.get('fmt'), statement, authData: Buffer.from(authData) };
}

// §6.1 and §6.5.1: 32 bytes of the site's hash, flags, 4 bytes of counter, 16 bytes of model, then
// the length and bytes of the credential's id, then its key.
function readAuthenticatorData(
  data: Buffer,
): { readonly credentialId: string; readonly cose: Buffer } | undefined {
  const flags = flagsOf(data);
  if ((flags & flag.credential) === 0 || data.length < 55) return undefined;
  const idEnd = 55 + data.readUInt16BE(53);
  const key = parseCbor(data.subarray(idEnd), { more: true });
  if (idEnd === 55 || idEnd - 55 > credentialIdBytesMax || idEnd > data.length || key === undefined)
    return undefined;
  const keyEnd = idEnd + key.length;
  const rest = data.subarray(keyEnd);
  const restIsRight =
    (flags & flag.extensions) === 0 ? rest.length === 0 : parseCbor(rest)?.value instanceof Map;
  if (!restIsRight) return undefined;
  return {
    credentialId: data.subarray(55, idEnd).toString('base64url'),
    cose: data.subarray(idEnd, keyEnd),
  };
}

function whyNotBackup(flags: number): string[] {
  return (flags & (flag.backupEligible | flag.backedUp)) === flag.backedUp
    ? ['it claims a backup that it cannot have']
    : [];
}

// §8.7 none, or §8.2 packed with a signature of the new key itself: the only forms that a browser
// passes on when no attestation is requested.
function isFreeOfMaker(
  { format, statement, authData }: Attestation,
  client: Buffer,
  key: KeyObject | undefined,
): boolean {
  if (format === 'none') return statement.size === 0;
  const signature = statement.get('sig');
  if (
    format !== 'packed' ||
    statement.size !== 2 ||
    statement.get('alg') !== es256 ||
    !(signature instanceof Uint8Array)
  )
    return false;
  return (
    key !== undefined && verify('sha256', Buffer.concat([authData, sha256(client)]), key, signature)
  );
}

/** undefined when the key is not a point of P-256. */
function keyOf(cose: Uint8Array): KeyObject | undefined {
  const spki = coseToSpki(cose);
  if (spki === undefined) return undefined;
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

function refusal(code: 'not-signed-in' | 'approval-refused', reasons: readonly string[]): Problem {
  return new Problem(code, `The passkey’s response is invalid: ${reasons[0]}`, {
    reasons: reasons.map((message) => ({ message })),
  });
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

// CBOR as CTAP2 allows it (RFC 8949, definite lengths, no key twice): the format of authenticator
// data.

interface CborItem {
  /** Whole number, Uint8Array, string, boolean, null, array or Map. */
  readonly value: unknown;
  /** Bytes that the item takes. */
  readonly length: number;
}

const strictly = {
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: false,
} as const;

/**
 * Parses one item; undefined for anything else.
 * @param options `more`: other bytes may follow the item
 */
export function parseCbor(bytes: Uint8Array, { more = false } = {}): CborItem | undefined {
  try {
    const [value, rest] = decodeFirst(bytes, {
      ...strictly,
      tokenizer: new WithoutFloats(bytes, strictly),
    });
    if (!isAllowed(value, cborDepthMax) || (!more && rest.length > 0)) return undefined;
    return { value, length: bytes.length - rest.length };
  } catch {
    return undefined;
  }
}

class WithoutFloats extends Tokenizer {
  override next(): Token {
    const token = super.next();
    if (token.type === Type.float) throw new RangeError('a float');
    return token;
  }
}

const wholeMax = 2 ** 32;

// CTAP2 §8 allows at most four levels, and keys that are numbers or texts.
function isAllowed(value: unknown, levels: number): boolean {
  if (levels < 0) return false;
  if (Array.isArray(value)) return value.every((item) => isAllowed(item, levels - 1));
  // CTAP2 needs no number of eight bytes, and JavaScript would round such a number.
  if (typeof value === 'number') return value >= -wholeMax && value < wholeMax;
  if (!(value instanceof Map)) return true;
  const isKey = (key: unknown) => typeof key === 'number' || typeof key === 'string';
  return [...value].every(
    ([key, item]) => isKey(key) && isAllowed(key, levels - 1) && isAllowed(item, levels - 1),
  );
}
