/**
 * Keys for tests: the same name gives the same key on every run. Never use them for anything else.
 */
import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
} from 'node:crypto';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type {
  EnrolledPasskey,
  PasskeyAssertion,
  PublicKey,
} from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';

export interface TestSigner extends Signer {
  readonly privateKey: KeyObject;
  /** For statements that name a key. */
  readonly named: PublicKey;
}

/** A P-256 signer whose private key follows from the name. */
export function testSigner(name: string): TestSigner {
  const privateKey = p256Key(name);
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const keyId = digestOf(publicKey);
  return {
    keyId,
    publicKey,
    privateKey,
    named: { keyId, spki: publicKey.toString('base64') },
    sign: async (bytes) => sign('sha256', bytes, privateKey),
  };
}

/** An Ed25519 key of a log, from a name. */
export function testLogKey(name: string): {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
  sign(bytes: Uint8Array): Uint8Array;
} {
  const seed = createHash('sha256').update(`log ${name}`).digest();
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const privateKey = createPrivateKey({
    key: Buffer.concat([head, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { publicKey, privateKey, sign: (bytes) => sign(null, bytes, privateKey) };
}

export interface TestPasskey {
  readonly enrolled: EnrolledPasskey;
  /** Signs a challenge as an authenticator would; `lie` changes what goes into it. */
  assert(challenge: Uint8Array, lie?: Partial<Lies>): PasskeyAssertion;
}

interface Lies {
  readonly type: string;
  readonly origin: string;
  readonly rpId: string;
  /** 0x05 is present and verified. */
  readonly flags: number;
  readonly crossOrigin: unknown;
  /** How often it has signed, up to 255. */
  readonly counter: number;
  /** Behind the counter in the authenticator's data. */
  readonly more: Uint8Array;
  /** More of the client data. */
  readonly extra: object;
}

/** A passkey of the desk at https://skills.example, from a name. */
export function testPasskey(name: string): TestPasskey {
  const key = p256Key(`passkey ${name}`);
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  const cose = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
  const credentialId = createHash('sha256').update(name).digest('base64url');
  const site = { rpId: 'skills.example', origin: 'https://skills.example' };
  return {
    enrolled: { credentialId, publicKey: cose.toString('base64url'), ...site },
    assert: (challenge, lie = {}) => {
      const said = {
        type: 'webauthn.get',
        flags: 0x05,
        crossOrigin: false,
        counter: 7,
        ...site,
        ...lie,
      };
      const clientData = JSON.stringify({
        type: said.type,
        challenge: Buffer.from(challenge).toString('base64url'),
        origin: said.origin,
        crossOrigin: said.crossOrigin,
        ...lie.extra,
      });
      const rpIdHash = createHash('sha256').update(said.rpId).digest();
      const authenticatorData = Buffer.concat([
        rpIdHash,
        Buffer.from([said.flags, 0, 0, 0, said.counter]),
        lie.more ?? Buffer.of(),
      ]);
      const signed = Buffer.concat([
        authenticatorData,
        createHash('sha256').update(clientData).digest(),
      ]);
      return {
        credentialId,
        authenticatorData: authenticatorData.toString('base64url'),
        clientDataJSON: Buffer.from(clientData).toString('base64url'),
        signature: sign('sha256', signed, key).toString('base64url'),
      };
    },
  };
}

function p256Key(name: string): KeyObject {
  const pair = createECDH('prime256v1');
  const d = createHash('sha256').update(`key ${name}`).digest();
  pair.setPrivateKey(d);
  const point = pair.getPublicKey();
  const x = point.subarray(1, 33);
  const y = point.subarray(33);
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: d.toString('base64url'),
    x: x.toString('base64url'),
    y: y.toString('base64url'),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}
