import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { keyStatement } from '../../../../skills-index/statement/attestation.ts';
import { toCertifiedBundle } from '../../../../skills-index/statement/signature-formats/make-bundle.ts';
import {
  addressOf,
  type CertifiedBundle,
  isCertified,
  type PlainBundle,
  parsePlainBundle,
  parseSigstoreBundle,
  type SigstoreLogEntry,
  withoutOwnEntry,
} from '../../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { people, storyRoot } from '../../story.ts';
import { TestLog } from '../../story-log.ts';
import { somebody, TestSigstore } from '../../story-sigstore.ts';

const sigstore = new TestSigstore('profiles');
const statement = keyStatement({ key: people.author.named, state: 'enrolled' });
const plain = await sigstore.say(statement, sigstore.certify(somebody));
const log = new TestLog(storyRoot.origin);
const { bundle: keyed } = await log.say(statement, people.author);
const { bundle: certified } = await log.appendCertified(statement, plain, people.author.keyId);

function messageOf(parse: () => unknown): string {
  try {
    parse();
    return 'read';
  } catch (error) {
    if (error instanceof Problem && error.code === 'statement-invalid') return error.message;
    throw error;
  }
}

describe('a Sigstore bundle', () => {
  it('is read in the profile of keys and in that of certificates, each as it was written', () => {
    for (const bundle of [keyed, certified])
      expect(parseSigstoreBundle(JSON.parse(JSON.stringify(bundle)))).toEqual(bundle);
    expect([isCertified(keyed), isCertified(certified)]).toEqual([false, true]);
  });

  it('loses our entry for others and gets it back, and has one address', () => {
    const own = certified.verificationMaterial.tlogEntries[0];
    expect(withoutOwnEntry(certified as CertifiedBundle)).toEqual(plain);
    expect(addressOf(toCertifiedBundle(plain, own))).toEqual(addressOf(certified));
    expect(parsePlainBundle(plain)).toEqual(plain);
  });

  it('is either keyed or certified, and in our log or not', () => {
    expect(messageOf(() => parsePlainBundle(certified))).toContain('tlogEntries');
    expect(messageOf(() => parsePlainBundle(keyed))).toContain('certificate is missing');
    expect(messageOf(() => parseSigstoreBundle(plain))).toContain('tlogEntries');
    const both = { ...keyed.verificationMaterial, ...certified.verificationMaterial };
    expect(
      messageOf(() => parseSigstoreBundle({ ...certified, verificationMaterial: both })),
    ).toContain('publicKey');
  });

  const [entry] = plain.verificationMaterial.tlogEntries;
  const withEntry = (change: object): unknown => ({
    ...plain,
    verificationMaterial: { ...plain.verificationMaterial, tlogEntries: [{ ...entry, ...change }] },
  });
  const withMaterial = (change: object): unknown => ({
    ...plain,
    verificationMaterial: { ...plain.verificationMaterial, ...change },
  });

  it('may lack what is zero or empty when it is sent, and is then the same', () => {
    const { integratedTime: _, ...timeless } = entry;
    const [{ sig }] = plain.dsseEnvelope.signatures;
    const sent = {
      ...plain,
      verificationMaterial: { ...plain.verificationMaterial, tlogEntries: [timeless] },
      dsseEnvelope: { ...plain.dsseEnvelope, signatures: [{ sig }] },
    };
    expect(parsePlainBundle(sent)).toEqual(plain);
    const first = {
      ...entry,
      logIndex: '0',
      inclusionProof: { ...entry.inclusionProof, logIndex: '0', hashes: [] },
    };
    const { logIndex: __, ...nameless } = first;
    const { logIndex: ___, hashes: ____, ...proof } = first.inclusionProof;
    const terse = withEntry({});
    const {
      tlogEntries: [read],
    } = parsePlainBundle({
      ...(terse as PlainBundle),
      verificationMaterial: {
        ...plain.verificationMaterial,
        tlogEntries: [{ ...nameless, inclusionProof: proof }],
      },
    }).verificationMaterial;
    expect(read).toEqual<SigstoreLogEntry>(first);
  });

  it('lacks nothing when it is stored', () => {
    const [own, rekor] = (certified as CertifiedBundle).verificationMaterial.tlogEntries;
    const { integratedTime: _, ...timeless } = rekor;
    const stored = {
      ...certified,
      verificationMaterial: { ...certified.verificationMaterial, tlogEntries: [own, timeless] },
    };
    expect(messageOf(() => parseSigstoreBundle(stored))).toContain('integratedTime is missing');
  });

  it.each<[string, unknown, string]>([
    [
      'an endless proof',
      withEntry({
        inclusionProof: {
          ...entry.inclusionProof,
          hashes: Array(65).fill(entry.inclusionProof.rootHash),
        },
      }),
      'hashes',
    ],
    [
      'a huge checkpoint',
      withEntry({
        inclusionProof: { ...entry.inclusionProof, checkpoint: { envelope: 'x'.repeat(16_385) } },
      }),
      'too long',
    ],
    ['an empty certificate', withMaterial({ certificate: { rawBytes: '' } }), 'is empty'],
    [
      'a huge certificate',
      withMaterial({ certificate: { rawBytes: 'A'.repeat(16_388) } }),
      'too long',
    ],
    ['a certificate in loose base64', withMaterial({ certificate: { rawBytes: 'AAA' } }), 'base64'],
    [
      'five timestamps',
      withMaterial({
        timestampVerificationData: {
          rfc3161Timestamps: Array(5).fill({ signedTimestamp: 'AAAA' }),
        },
      }),
      'entries',
    ],
    [
      'no timestamp',
      withMaterial({ timestampVerificationData: { rfc3161Timestamps: [] } }),
      'nothing says when',
    ],
  ])('is refused with %s', (_, value, says) => {
    expect(messageOf(() => parsePlainBundle(value))).toContain(says);
  });

  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.json().map((text) => JSON.parse(text)),
        ),
        (value) => {
          messageOf(() => parsePlainBundle(value));
          messageOf(() => parseSigstoreBundle(value));
          messageOf(() => parseSigstoreBundle({ verificationMaterial: value }));
        },
      ),
    );
  });
});
