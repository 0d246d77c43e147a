import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mailboxKeyBytes } from '../../../../skills-index/run/holds/hold-policy.ts';
import { parseHostPolicy } from '../../../../skills-index/run/plan/host-policy.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

interface Key {
  readonly key: { readonly keyId: string; readonly spki: string };
  readonly privateKey: KeyObject;
}

function made(namedCurve = 'P-256'): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return { privateKey, key: { keyId: digestOf(der), spki: der.toString('base64') } };
}

const signed = (by: Key, spki: string, of = by) => ({
  spki,
  signature: sign('sha256', mailboxKeyBytes(of.key.keyId, spki), by.privateKey).toString('base64'),
});
const parse = (approver: object) =>
  parseHostPolicy(
    Buffer.from(JSON.stringify({ approvers: [{ name: 'mira', ...approver }] })),
    'host.json',
  ).approvers[0];

const mira = made();
const eve = made();
const box = made().key.spki;

describe('the mailbox key of an approver in host policy', () => {
  it('is taken when the key of the approver signed it', () => {
    const mailboxKey = signed(mira, box);
    expect(parse({ key: mira.key, mailboxKey })).toEqual({
      name: 'mira',
      key: mira.key,
      mailboxKey,
    });
  });

  it('may be absent, as in a policy from before there were mailbox keys', () => {
    expect(parse({ key: mira.key })).toEqual({ name: 'mira', key: mira.key });
  });

  const user = { uid: 1_500, folder: '/srv/answers' };
  it.each<[string, object]>([
    ['that somebody else signed', { key: mira.key, mailboxKey: signed(eve, box) }],
    [
      'that somebody else signed in the name of the approver',
      { key: mira.key, mailboxKey: signed(eve, box, mira) },
    ],
    [
      'in the place of the one that was signed',
      { key: mira.key, mailboxKey: { ...signed(mira, box), spki: eve.key.spki } },
    ],
    ['that is the signing key itself', { key: mira.key, mailboxKey: signed(mira, mira.key.spki) }],
    ['on another curve', { key: mira.key, mailboxKey: signed(mira, made('P-384').key.spki) }],
    ['that is none', { key: mira.key, mailboxKey: signed(mira, 'AAAA') }],
    ['beside no key', { user, mailboxKey: signed(mira, box) }],
  ])('is refused: one %s', (_, approver) => {
    expect(() => parse(approver)).toThrowError(
      expect.objectContaining({
        code: 'host-policy-invalid',
        message: expect.stringContaining('has a mailboxKey that the approver’s key did not sign'),
      }),
    );
  });

  it('is refused without a signature', () => {
    expect(() => parse({ key: mira.key, mailboxKey: { spki: box } })).toThrowError(/mailboxKey/);
  });
});
