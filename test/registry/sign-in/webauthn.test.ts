import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MadeCredential,
  parseCbor,
  passkeyMade,
  requireAsserted,
  signCount,
} from '../../../registry/sign-in/webauthn.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { PasskeyAssertion } from '../../../skills-index/statement/attestation.ts';
import { testPasskey } from '../../skills-index/story-keys.ts';

const site = { rpId: 'skills.example', origin: 'https://skills.example' };
const challenge = Buffer.alloc(32, 7).toString('base64url');
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
const cose = (left: string, right: string) =>
  Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    decode(left),
    Buffer.from('225820', 'hex'),
    decode(right),
  ]);
const text = (word: string) =>
  Buffer.concat([Buffer.from([0x60 | word.length]), Buffer.from(word)]);
const bytes = (content: Buffer) => Buffer.concat([head(content.length), content]);
// CTAP2 §8 wants the shortest form of each length.
const head = (length: number) => {
  if (length < 24) return Buffer.from([0x40 | length]);
  return length < 256
    ? Buffer.from([0x58, length])
    : Buffer.from([0x59, length >> 8, length & 0xff]);
};
const empty = Buffer.from([0xa0]);

const honest = {
  type: 'webauthn.create',
  challenge,
  origin: site.origin,
  crossOrigin: false as unknown,
  topOrigin: undefined as unknown,
  rpId: site.rpId,
  flags: 0x45,
  credential: Buffer.alloc(16, 3),
  id: Buffer.alloc(16, 3).toString('base64url'),
  rawId: Buffer.alloc(16, 3).toString('base64url'),
  cose: cose(x, y),
  behind: Buffer.alloc(0),
  format: 'none',
  statement: empty as Buffer | 'self' | 'self of another key' | 'self with certificates',
};

/** What a browser hands over when a passkey is made, with whatever lies. */
function made(lies: Partial<typeof honest> = {}): MadeCredential {
  const said = { ...honest, ...lies };
  const client = Buffer.from(
    JSON.stringify({
      type: said.type,
      challenge: said.challenge,
      origin: said.origin,
      crossOrigin: said.crossOrigin,
      topOrigin: said.topOrigin,
    }),
  );
  const length = Buffer.from([said.credential.length >> 8, said.credential.length & 0xff]);
  const head = Buffer.concat([
    sha256(said.rpId),
    Buffer.from([said.flags, 0, 0, 0, 0]),
    Buffer.alloc(16),
  ]);
  const data = Buffer.concat([head, length, said.credential, said.cose, said.behind]);
  const key =
    said.statement === 'self of another key'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      : privateKey;
  const signature = sign('sha256', Buffer.concat([data, sha256(client)]), key);
  const self = [
    Buffer.from([0xa2]),
    text('alg'),
    Buffer.from([0x26]),
    text('sig'),
    bytes(signature),
  ];
  const certificates = [
    Buffer.from([0xa3]),
    ...self.slice(1),
    text('x5c'),
    Buffer.from([0x81]),
    bytes(Buffer.alloc(8)),
  ];
  const statement = Buffer.isBuffer(said.statement)
    ? said.statement
    : Buffer.concat(said.statement === 'self with certificates' ? certificates : self);
  const object = [
    Buffer.from([0xa3]),
    text('fmt'),
    text(said.format),
    text('attStmt'),
    statement,
    text('authData'),
    bytes(data),
  ];
  const response = {
    clientDataJSON: client.toString('base64url'),
    attestationObject: Buffer.concat(object).toString('base64url'),
  };
  return { id: said.id, rawId: said.rawId, response };
}

function decode(value: string): Buffer {
  return Buffer.from(value, 'base64url');
}

function reasonsOf(run: () => unknown): string[] {
  try {
    run();
    return [];
  } catch (cause) {
    if (cause instanceof Problem && ['not-signed-in', 'approval-refused'].includes(cause.code))
      return cause.reasons.map((reason) => reason.message);
    throw cause;
  }
}

const madeReasons = (credential: MadeCredential) =>
  reasonsOf(() => passkeyMade(credential, challenge, site));

async function libraryTakes(credential: MadeCredential): Promise<boolean> {
  const answer = verifyRegistrationResponse({
    response: { ...credential, type: 'public-key', clientExtensionResults: {} },
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [-7],
  });
  return answer.then(
    ({ verified }) => verified,
    () => false,
  );
}

describe('a passkey that was made', () => {
  it.each([
    ['none', made()],
    [
      'an extension',
      made({ flags: 0xc5, behind: Buffer.from('a16b6372656450726f7465637402', 'hex') }),
    ],
    ['a signature by the key itself', made({ format: 'packed', statement: 'self' })],
    ['a backup', made({ flags: 0x5d })],
  ])('is taken with %s, as the library takes it', async (_, credential) => {
    expect(passkeyMade(credential, challenge, site)).toEqual({
      credentialId: honest.id,
      publicKey: honest.cose.toString('base64url'),
      ...site,
    });
    expect(await libraryTakes(credential)).toBe(true);
  });

  const lies: readonly (readonly [string, Partial<typeof honest>, string])[] = [
    ['a sign-in', { type: 'webauthn.get' }, 'its type is not webauthn.create'],
    ['another challenge', { challenge: 'AAAA' }, 'it answers another challenge'],
    [
      'another origin',
      { origin: 'https://skills.example.evil.example' },
      'it was made at another origin',
    ],
    ['nobody verified', { flags: 0x41 }, 'the person was not verified'],
    ['a backup that it cannot have', { flags: 0x55 }, 'it claims a backup that it cannot have'],
    ['no key', { flags: 0x05 }, 'its attestation object cannot be read'],
    ['another id', { id: 'AAAA', rawId: 'AAAA' }, 'it names another credential'],
    ['two ids', { rawId: 'AAAA' }, 'it names another credential'],
    [
      'an id that is too long',
      { credential: Buffer.alloc(1_024) },
      'its attestation object cannot be read',
    ],
    ['bytes behind the key', { behind: Buffer.from([0]) }, 'its attestation object cannot be read'],
    [
      'an extension that is none',
      { flags: 0xc5, behind: Buffer.from([0x01]) },
      'its attestation object cannot be read',
    ],
    ['a key that is no point', { cose: cose(x, x) }, 'its key is not an ES256 key'],
    [
      'an Ed25519 key',
      { cose: Buffer.from(`a4010103272006215820${'11'.repeat(32)}`, 'hex') },
      'its key is not an ES256 key',
    ],
    [
      'a statement where there is none',
      { statement: 'self' },
      'it carries an attestation that the desk did not ask for',
    ],
    [
      'the signature of another key',
      { format: 'packed', statement: 'self of another key' },
      'it carries an attestation that the desk did not ask for',
    ],
    [
      'certificates',
      { format: 'packed', statement: 'self with certificates' },
      'it carries an attestation that the desk did not ask for',
    ],
    [
      'a form that nobody knows',
      { format: 'mine' },
      'it carries an attestation that the desk did not ask for',
    ],
  ];

  it.each(lies)('is refused with %s', (_, lie, reason) => {
    expect(madeReasons(made(lie))).toContain(reason);
  });

  it('is refused with every reason, not only the first', () => {
    expect(
      madeReasons(made({ type: 'webauthn.get', origin: 'https://evil.example', flags: 0x41 })),
    ).toHaveLength(3);
  });

  it('is refused whenever the library refuses it, whatever bits of it are turned', async () => {
    const whole = made({ format: 'packed', statement: 'self' });
    const parts = ['clientDataJSON', 'attestationObject'] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...parts), fc.nat(), async (part, at) => {
        const bent = decode(whole.response[part]);
        const bit = at % (bent.length * 8);
        bent[bit >> 3] = (bent[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const credential = {
          ...whole,
          response: { ...whole.response, [part]: bent.toString('base64url') },
        };
        if (madeReasons(credential).length === 0) expect(await libraryTakes(credential)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('an approval by passkey', () => {
  const passkey = testPasskey('rita');
  const answer = (lie: Parameters<typeof passkey.assert>[1] = {}) =>
    passkey.assert(decode(challenge), lie);
  const reasonsFor = (
    assertion: PasskeyAssertion,
    over = challenge,
    by = passkey.enrolled,
  ): string[] => reasonsOf(() => requireAsserted(assertion, decode(over), by));
  const libraryAgrees = async ({
    credentialId: id,
    ...response
  }: PasskeyAssertion): Promise<boolean> =>
    verifyAuthenticationResponse({
      response: { id, rawId: id, response, type: 'public-key', clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      credential: {
        id,
        publicKey: Uint8Array.from(decode(passkey.enrolled.publicKey)),
        counter: 0,
      },
    }).then(
      ({ verified }) => verified,
      () => false,
    );

  it('holds, for the library as well', async () => {
    expect(reasonsFor(answer())).toEqual([]);
    expect(await libraryAgrees(answer())).toBe(true);
  });

  it.each([
    ['nobody verified', { flags: 0x01 }],
    ['a backup that it cannot have', { flags: 0x15 }],
  ])('is refused with %s', (_, lie) => {
    expect(reasonsFor(answer(lie))).not.toEqual([]);
  });
});

describe('the counter of a passkey', () => {
  const passkey = testPasskey('rita');
  it.each([0, 1, 255])('is read as the library reads it: %i', async (counter) => {
    const assertion = passkey.assert(decode(challenge), { counter });
    const { credentialId, ...response } = assertion;
    const credential = { id: credentialId, rawId: credentialId, response };
    const { authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...credential, type: 'public-key', clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      credential: {
        id: credentialId,
        publicKey: Uint8Array.from(decode(passkey.enrolled.publicKey)),
        counter: 0,
      },
    });
    expect(signCount(assertion)).toBe(authenticationInfo.newCounter);
  });
});

describe('CBOR', () => {
  it.each([
    ['a tag', 'c000'],
    ['a float', 'fa00000000'],
    ['an indefinite length', '5fff'],
    ['a number of eight bytes', '1b0000000100000000'],
    ['a length that is longer than it has to be', '590001ff'],
    ['more items than there are bytes', '9affffffff'],
    ['a key twice', 'a2616100616100'],
    ['a list as a key', 'a18000'],
    ['too great a depth', `${'81'.repeat(6)}00`],
    ['no end', '6361'],
    ['nothing', ''],
    ['something behind it', '0000'],
  ])('is not read with %s', (_, hex) => {
    expect(parseCbor(Buffer.from(hex, 'hex'))).toBeUndefined();
  });

  it.each([
    ['1affffffff', 2 ** 32 - 1],
    ['3affffffff', -(2 ** 32)],
    ['26', -7],
  ])('%s is a whole number', (hex, value) => {
    expect(parseCbor(Buffer.from(hex, 'hex'))?.value).toBe(value);
  });

  it('is read or refused, and never a crash, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        const item = parseCbor(Buffer.from(any), { more: true });
        expect(item === undefined || item.length <= any.length).toBe(true);
      }),
    );
  });
});
