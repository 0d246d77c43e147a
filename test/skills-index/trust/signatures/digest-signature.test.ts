import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { verifyDigest } from '../../../../skills-index/trust/signatures/digest-signature.ts';
import { people } from '../../story.ts';

const { author, stranger } = people;
const bytes = Buffer.from('what was signed');
const key = createPublicKey({ key: Buffer.from(author.publicKey), format: 'der', type: 'spki' });
const other = createPublicKey({
  key: Buffer.from(stranger.publicKey),
  format: 'der',
  type: 'spki',
});
const signature = sign('sha256', bytes, author.privateKey);

describe('a signature over a digest', () => {
  it('holds for the key and the digest it was made with', () => {
    expect(verifyDigest(key, digestOf(bytes), signature)).toBe(true);
    expect(verifyDigest(key, digestOf('something else'), signature)).toBe(false);
    expect(verifyDigest(other, digestOf(bytes), signature)).toBe(false);
  });

  it('is not one over the digest’s own digest', () => {
    const twice = sign('sha256', createHash('sha256').update(bytes).digest(), author.privateKey);
    expect(verifyDigest(key, digestOf(bytes), twice)).toBe(false);
  });

  it('is none when it is anything else', () => {
    for (const one of [
      Buffer.of(),
      Buffer.alloc(64),
      signature.subarray(1),
      Buffer.concat([signature, Buffer.of(0)]),
    ])
      expect(verifyDigest(key, digestOf(bytes), one)).toBe(false);
  });

  it('is of P-256 keys alone', () => {
    const wider = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    expect(
      verifyDigest(wider.publicKey, digestOf(bytes), sign('sha256', bytes, wider.privateKey)),
    ).toBe(false);
    const edwards = generateKeyPairSync('ed25519');
    expect(
      verifyDigest(edwards.publicKey, digestOf(bytes), sign(null, bytes, edwards.privateKey)),
    ).toBe(false);
  });
});
