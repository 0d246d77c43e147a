import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clientDataBytesMax,
  whyNotAsserted,
} from '../../../../skills-index/trust/signatures/passkey.ts';
import { testPasskey } from '../../story-keys.ts';

const challenge = Buffer.alloc(32, 7);
const ben = testPasskey('ben');
const eve = testPasskey('eve');
const good = ben.assert(challenge);

describe('an assertion', () => {
  it('holds for its challenge and passkey', () => {
    expect(whyNotAsserted(good, challenge, ben.enrolled)).toEqual([]);
  });

  it('holds with more data from the authenticator', () => {
    const flagged = ben.assert(challenge, { flags: 0x1d });
    expect(whyNotAsserted(flagged, challenge, ben.enrolled)).toEqual([]);
    const extended = ben.assert(challenge, { flags: 0x85, more: Buffer.of(0xa0) });
    expect(whyNotAsserted(extended, challenge, ben.enrolled)).toEqual([]);
  });

  it('holds below the site that the passkey is for', () => {
    const origin = 'https://desk.skills.example';
    expect(
      whyNotAsserted(ben.assert(challenge, { origin }), challenge, { ...ben.enrolled, origin }),
    ).toEqual([]);
  });

  it('holds with client data up to their size, and not beyond', () => {
    const { length } = Buffer.from(
      ben.assert(challenge, { extra: { pad: '' } }).clientDataJSON,
      'base64url',
    );
    const padded = (more: number) =>
      ben.assert(challenge, { extra: { pad: 'x'.repeat(clientDataBytesMax - length + more) } });
    expect(whyNotAsserted(padded(0), challenge, ben.enrolled)).toEqual([]);
    expect(whyNotAsserted(padded(1), challenge, ben.enrolled)).toEqual([
      'its client data cannot be read',
    ]);
  });

  it.each([
    ['another statement', good, Buffer.alloc(32, 8), ben.enrolled, ['it signs another statement']],
    [
      'a registration',
      ben.assert(challenge, { type: 'webauthn.create' }),
      challenge,
      ben.enrolled,
      ['its type is not webauthn.get'],
    ],
    [
      'another origin',
      ben.assert(challenge, { origin: 'https://evil.example' }),
      challenge,
      ben.enrolled,
      ['it was made at another origin'],
    ],
    [
      'another site',
      ben.assert(challenge, { rpId: 'evil.example' }),
      challenge,
      ben.enrolled,
      ['it is for another site'],
    ],
    [
      'nobody present',
      ben.assert(challenge, { flags: 0x04 }),
      challenge,
      ben.enrolled,
      ['nobody was present'],
    ],
    [
      'nobody verified',
      ben.assert(challenge, { flags: 0x01 }),
      challenge,
      ben.enrolled,
      ['the person was not verified'],
    ],
    [
      'a frame in another page',
      ben.assert(challenge, { crossOrigin: true }),
      challenge,
      ben.enrolled,
      ['it was made inside another page'],
    ],
    [
      'a page of another one around it',
      ben.assert(challenge, { extra: { topOrigin: 'https://evil.example' } }),
      challenge,
      ben.enrolled,
      ['it was made inside another page'],
    ],
    [
      'data behind its end',
      ben.assert(challenge, { more: Buffer.of(0) }),
      challenge,
      ben.enrolled,
      ['its authenticator data has the wrong length'],
    ],
    [
      'an origin that is none',
      ben.assert(challenge, { origin: 'skills.example' }),
      challenge,
      { ...ben.enrolled, origin: 'skills.example' },
      ['it was made at another origin'],
    ],
    [
      'a list for client data',
      { ...good, clientDataJSON: Buffer.from('[]').toString('base64url') },
      challenge,
      ben.enrolled,
      ['its client data cannot be read', 'its signature is not valid'],
    ],
    [
      'another passkey',
      eve.assert(challenge),
      challenge,
      ben.enrolled,
      ['it is of another passkey', 'its signature is not valid'],
    ],
    [
      'another key under the same credential',
      good,
      challenge,
      { ...ben.enrolled, publicKey: eve.enrolled.publicKey },
      ['its signature is not valid'],
    ],
    [
      'a passkey that was enrolled for a foreign origin',
      ben.assert(challenge, { origin: 'https://evil.example' }),
      challenge,
      { ...ben.enrolled, origin: 'https://evil.example' },
      ['it was made at another origin'],
    ],
  ])('does not hold with %s', (_, assertion, over, passkey, reasons) => {
    expect(whyNotAsserted(assertion, over, passkey)).toEqual(reasons);
  });

  it('does not hold when any bit of it is changed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('authenticatorData', 'clientDataJSON', 'signature'),
        fc.nat(),
        fc.nat(7),
        (part, at, bit) => {
          const bytes = Buffer.from(good[part], 'base64url');
          const index = at % bytes.length;
          bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
          const changed = { ...good, [part]: bytes.toString('base64url') };
          expect(whyNotAsserted(changed, challenge, ben.enrolled)).not.toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a COSE key', () => {
  it('whose point is not on the curve verifies nothing', () => {
    const cose = Buffer.from(ben.enrolled.publicKey, 'base64url').fill(1, 10, 42);
    expect(
      whyNotAsserted(good, challenge, { ...ben.enrolled, publicKey: cose.toString('base64url') }),
    ).toEqual(['its signature is not valid']);
  });
});
