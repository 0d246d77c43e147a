import { createECDH, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { scopeStatement, statementBytes } from '../../../../skills-index/statement/attestation.ts';
import {
  type Envelope,
  inTotoPayloadType,
  pae,
} from '../../../../skills-index/statement/signature-formats/envelope.ts';
import { verifyStatement } from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { attacks } from '../../hostile.ts';
import { people, storyRoot as root } from '../../story.ts';
import { TestLog } from '../../story-log.ts';

// Everything is in the log as it is said: the attacker may log what they like. Only the key or the
// signature is not what it should be.
const { author } = people;
const log = new TestLog('skills.example');
const claim = scopeStatement({ scope: parseScope('acme'), owners: [author.named] });
const signed = pae(inTotoPayloadType, statementBytes(claim));
const payload = Buffer.from(statementBytes(claim)).toString('base64');

interface Lie {
  readonly spki?: Uint8Array;
  readonly signature?: Uint8Array;
  /** Given by the caller for every key id, as a table of enrolled keys would. */
  readonly enrolled?: Uint8Array;
}
const told =
  ({
    spki = author.publicKey,
    signature = sign('sha256', signed, author.privateKey),
    enrolled,
  }: Lie = {}) =>
  async (): Promise<void> => {
    const sig = Buffer.from(signature).toString('base64');
    const envelope: Envelope = {
      payload,
      payloadType: inTotoPayloadType,
      signatures: [{ sig, keyid: '' }],
    };
    const { bundle } = await log.append(claim, envelope, {
      keyId: digestOf(spki),
      publicKey: spki,
      sign: async () => signature,
    });
    verifyStatement(bundle, { root, ...(enrolled === undefined ? {} : { keys: () => enrolled }) });
  };

const pairs = {
  ed25519: generateKeyPairSync('ed25519'),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  secp256k1: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
};
const spkiOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });
const by = (
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
  algorithm: string | null,
) => told({ spki: spkiOf(publicKey), signature: sign(algorithm, signed, privateKey) });

const point = Buffer.from(author.publicKey.subarray(-65));
const compressedPoint = Uint8Array.from([
  (point.at(-1) ?? 0) % 2 === 0 ? 2 : 3,
  ...point.subarray(1, 33),
]);
const head = Buffer.from(author.publicKey.subarray(0, 26));
const compressed = Buffer.concat([
  Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
  compressedPoint,
]);
const moved = Buffer.from(author.publicKey);
moved[90] = (moved[90] ?? 0) ^ 1;
const otherCurve = createECDH('secp256k1');
otherCurve.generateKeys();

attacks('keys of other kinds, each with its own good signature', [
  ['a P-256 key', told(), 'accepted'],
  ['a P-256 key that is enrolled', told({ enrolled: author.publicKey }), 'accepted'],
  ['an Ed25519 key', by(pairs.ed25519, null), 'signature-invalid'],
  ['an RSA key', by(pairs.rsa, 'sha256'), 'statement-invalid'],
  [
    'a point of secp256k1 that calls itself P-256',
    told({ spki: Buffer.concat([head, otherCurve.getPublicKey()]) }),
    'signature-invalid',
  ],
  [
    'an Ed25519 key enrolled under the id of a P-256 key',
    told({ enrolled: spkiOf(pairs.ed25519.publicKey) }),
    'signature-invalid',
  ],
]);

attacks('P-256 keys in other forms', [
  ['its one form', told(), 'accepted'],
  ['the bare point', told({ spki: point }), 'signature-invalid'],
  ['the compressed point', told({ spki: compressed }), 'signature-invalid'],
  [
    'a byte behind it',
    told({ spki: Buffer.concat([author.publicKey, Uint8Array.of(0)]) }),
    'signature-invalid',
  ],
  ['a point beside the curve', told({ spki: moved }), 'signature-invalid'],
]);

const order = p256.Point.CURVE().n;
// Both numbers have 32 bytes, so that a lie that makes one longer is not refused for the length of
// the signature alone.
const bothHave32Bytes = (signature: Buffer) => signature.byteLength === 70 && signature[3] === 32;
let good = sign('sha256', signed, author.privateKey);
while (!bothHave32Bytes(good)) good = sign('sha256', signed, author.privateKey);
const { r, s } = p256.Signature.fromBytes(Uint8Array.from(good), 'der');
const integer = (hex: string): Buffer => {
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Uint8Array.of(2, bytes.byteLength), bytes]);
};
const positive = (value: bigint): Buffer => {
  const hex = value.toString(16).padStart(2, '0');
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return integer(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even);
};
const sequence = (...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Uint8Array.of(0x30, content.byteLength), content]);
};
const der = (a: bigint, b: bigint) => told({ signature: sequence(positive(a), positive(b)) });
// Of some signatures neither number needs a zero in front; a negative one is made of one that does.
const negative = (): Buffer => {
  for (;;) {
    const one = p256.Signature.fromBytes(
      Uint8Array.from(sign('sha256', signed, author.privateKey)),
      'der',
    );
    const hex = one.r.toString(16).padStart(64, '0');
    if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80)
      return sequence(integer(hex), positive(one.s));
  }
};

attacks('signatures', [
  ['ECDSA with SHA-256 in DER', told({ signature: good }), 'accepted'],
  // ECDSA has two values for each signature. Each is logged as what it is: no entry speaks for the
  // other one.
  ['the other of the two values that fit, logged as it is', der(r, order - s), 'accepted'],
  ['SHA-512', told({ signature: sign('sha512', signed, author.privateKey) }), 'signature-invalid'],
  [
    'of another key',
    told({ signature: sign('sha256', signed, people.stranger.privateKey) }),
    'signature-invalid',
  ],
  ['r of zero', der(0n, s), 'signature-invalid'],
  ['r larger than the order', der(r + order, s), 'signature-invalid'],
  ['a negative r', told({ signature: negative() }), 'signature-invalid'],
  [
    'a byte behind it',
    told({ signature: Buffer.concat([good, Uint8Array.of(0)]) }),
    'signature-invalid',
  ],
  [
    'a third number in it',
    told({ signature: sequence(positive(r), positive(s), positive(1n)) }),
    'statement-invalid',
  ],
]);
