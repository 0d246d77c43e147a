import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pae } from '../../../../skills-index/statement/signature-formats/envelope.ts';
import {
  type ApproverProof,
  type ProvingKey,
  proofChallenge,
  whyNotProven,
} from '../../../../skills-index/trust/signatures/passkey.ts';
import { people } from '../../story.ts';
import { type TestSigner, testPasskey } from '../../story-keys.ts';

const { ada, ben, stranger } = people;
const type = 'application/vnd.skillgate.test+json';
const payload = Buffer.from('{"allow":"a run"}');
const other = Buffer.from('{"allow":"another run"}');
const signed = async (by: TestSigner, bytes = payload): Promise<ApproverProof> => ({
  signature: Buffer.from(await by.sign(pae(type, bytes))).toString('base64'),
});
const asserted = (by: typeof ben, bytes = payload): ApproverProof => ({
  assertion: by.assert(proofChallenge(type, bytes)),
});
const withKey: ProvingKey = { key: { spki: ada.named.spki } };
const withPasskey: ProvingKey = { passkey: ben.enrolled };
const good = await signed(ada);
const byStranger = await signed(stranger);
const overOther = await signed(ada, other);

describe('the proof of an approver', () => {
  it.each<[string, ProvingKey, ApproverProof]>([
    ['by key', withKey, good],
    ['by passkey', withPasskey, asserted(ben)],
  ])('is valid %s', (_, key, proof) => {
    expect(whyNotProven(key, type, payload, proof)).toEqual([]);
  });

  it.each<[string, ProvingKey, ApproverProof, string]>([
    ['without a proof by key', withKey, {}, 'it is not signed'],
    ['by passkey, where a key approves', withKey, asserted(ben), 'it is not signed'],
    ['by key, where a passkey approves', withPasskey, good, 'it is not signed'],
    ['by another key', withKey, byStranger, 'its signature is not valid'],
    ['over another payload', withKey, overOther, 'its signature is not valid'],
    ['by a passkey over another payload', withPasskey, asserted(ben, other), 'another statement'],
    ['by another passkey', withPasskey, asserted(testPasskey('eve')), 'it is of another passkey'],
  ])('is not valid %s', (_, key, proof, why) => {
    expect(whyNotProven(key, type, payload, proof)).toContainEqual(expect.stringContaining(why));
  });

  it('is not valid for a payload of another type', () => {
    expect(whyNotProven(withKey, 'text/plain', payload, good)).toEqual([
      'its signature is not valid',
    ]);
  });
});

it('the challenge of a passkey is SHA-256 of what a key would sign', () => {
  const hash = createHash('sha256').update(pae(type, payload)).digest();
  expect(Buffer.from(proofChallenge(type, payload))).toEqual(hash);
});
