import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { scopeStatement } from '../../../../skills-index/statement/attestation.ts';
import { parseKey } from '../../../../skills-index/statement/signature-formats/envelope.ts';
import {
  isCertified,
  type KeyedBundle,
} from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import {
  signerKey,
  verifyKeyed,
} from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { people } from '../../story.ts';
import { testLogKey } from '../../story-keys.ts';
import { TestLog } from '../../story-log.ts';

const { author, stranger } = people;
const said = await new TestLog('skills.example').say(
  scopeStatement({ scope: parseScope('acme'), owners: [author.named] }),
  author,
);
if (isCertified(said.bundle)) throw new Error('no keyed bundle');
const bundle: KeyedBundle = said.bundle;
const logged = (body: string): KeyedBundle => {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const tlogEntries = [
    { ...entry, canonicalizedBody: Buffer.from(body).toString('base64') },
  ] as const;
  return { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries } };
};

describe('the key of a keyed bundle', () => {
  it('is the one of its id, from who knows it or from the log entry', () => {
    expect(signerKey(bundle, undefined)).toEqual(author.publicKey);
    expect(signerKey(bundle, (id) => (id === author.keyId ? author.publicKey : undefined))).toEqual(
      author.publicKey,
    );
  });

  it.each<[string, () => unknown, string]>([
    ['nobody knows it', () => signerKey(bundle, () => undefined), 'key-unknown'],
    [
      'another is given for it',
      () => signerKey(bundle, () => stranger.publicKey),
      'signature-invalid',
    ],
    [
      'it is of another kind',
      () => signerKey(bundle, () => testLogKey('log').publicKey),
      'signature-invalid',
    ],
    ['the log entry names none', () => signerKey(logged('{}'), undefined), 'log-invalid'],
    [
      'the log entry names another',
      () => signerKey(logged(`{"publicKey":{"rawBytes":"${stranger.named.spki}"}}`), undefined),
      'signature-invalid',
    ],
  ])('is not to be had when %s', (_, read, code) => {
    expect(read).toThrow(expect.objectContaining({ code }));
  });
});

describe('the signature of a keyed bundle', () => {
  it('verifies with the key that made it', () => {
    expect(() => verifyKeyed(bundle, author.publicKey, parseKey)).not.toThrow();
  });

  it('does not verify with another key, and says what the library found', () => {
    try {
      verifyKeyed(bundle, stranger.publicKey, parseKey);
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      expect(thrown.code).toBe('signature-invalid');
      expect(thrown.cause).toBeInstanceOf(Error);
      expect(thrown.message).toContain(
        thrown.cause instanceof Error ? thrown.cause.message : 'a cause',
      );
      return;
    }
    expect.unreachable();
  });
});
