import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type Ceremony,
  coseToSpki,
  isSignedBy,
  whyNotAnswered,
} from '../../../../skills-index/trust/signatures/passkey.ts';
import { people } from '../../story.ts';
import { testPasskey } from '../../story-keys.ts';

const { ada } = people;
const ben = testPasskey('ben');
const cose = Buffer.from(ben.enrolled.publicKey, 'base64url');
const changed = (at: number, byte: number): Buffer => {
  const bytes = Buffer.from(cose);
  bytes[at] = byte;
  return bytes;
};

describe('the key of a passkey', () => {
  it('is read as the key of the same point', () => {
    const spki = Buffer.from(coseToSpki(cose) ?? []);
    expect(spki).toHaveLength(91);
    expect(spki.subarray(27)).toEqual(
      Buffer.concat([cose.subarray(10, 42), cose.subarray(45, 77)]),
    );
  });

  it.each<[string, Uint8Array]>([
    ['is empty', Buffer.alloc(0)],
    ['is one byte too short', cose.subarray(0, 76)],
    ['is one byte too long', Buffer.concat([cose, Buffer.of(0)])],
    ['is of another type', changed(2, 1)],
    ['is for another algorithm', changed(4, 0x27)],
    ['is on another curve', changed(6, 2)],
    ['has no y', changed(42, 0x23)],
    ['has a y of another length', changed(44, 0x21)],
  ])('is not read where the key %s', (_, bytes) => {
    expect(coseToSpki(bytes)).toBeUndefined();
  });
});

describe('the answer of a browser', () => {
  const create: Ceremony = {
    type: 'webauthn.create',
    challenge: 'AAAA',
    origin: 'https://skills.example',
    rpId: 'skills.example',
  };
  const data = Buffer.concat([
    createHash('sha256').update('skills.example').digest(),
    Buffer.from([0x05, 0, 0, 0, 1]),
  ]);
  const client = { type: create.type, challenge: create.challenge, origin: create.origin };
  const whyNot = (value: unknown, ceremony = create): string[] =>
    whyNotAnswered(Buffer.from(JSON.stringify(value)), data, ceremony);

  it.each<[string, object]>([['has more members', { ...client, androidPackageName: 'browser' }]])(
    'belongs to the request where the answer %s',
    (_, value) => {
      expect(whyNot(value)).toEqual([]);
    },
  );

  it.each<[string, unknown, string]>([
    ['is to another challenge', { ...client, challenge: 'BBBB' }, 'it answers another challenge'],
    [
      'says null of other pages',
      { ...client, crossOrigin: null },
      'it was made inside another page',
    ],
    ['has no origin', { ...client, origin: undefined }, 'it was made at another origin'],
  ])('does not belong to the request where the answer %s', (_, value, why) => {
    expect(whyNot(value)).toEqual([why]);
  });
});

describe('a signature', () => {
  const bytes = Buffer.from('signed');
  const signature = sign('sha256', bytes, ada.privateKey);
  const spki = (type: 'ed25519') =>
    generateKeyPairSync(type).publicKey.export({ format: 'der', type: 'spki' });

  it.each<[string, Uint8Array, Uint8Array, Uint8Array, boolean]>([
    ['of the key', ada.publicKey, bytes, signature, true],
    ['of a key that is none', Buffer.from('no key'), bytes, signature, false],
    ['of a key of another kind', spki('ed25519'), bytes, signature, false],
  ])('%s: %#', (_, key, signed, by, isValid) => {
    expect(isSignedBy(key, signed, by)).toBe(isValid);
  });
});
