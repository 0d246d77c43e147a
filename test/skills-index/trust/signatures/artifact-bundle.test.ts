import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashedrekordBody } from '../../../../skills-index/log/entry.ts';
import { digestOf, hexOf } from '../../../../skills-index/skill/digest.ts';
import {
  type Envelope,
  inTotoPayloadType,
  pae,
} from '../../../../skills-index/statement/signature-formats/envelope.ts';
import {
  type ExpectedSigner,
  verifyArtifact,
} from '../../../../skills-index/trust/signatures/artifact-bundle.ts';
import { people } from '../../story.ts';
import { someWorkflow, TestSigstore } from '../../story-sigstore.ts';

const sigstore = new TestSigstore('artifact-bundles');
const file = digestOf('a file');
const signer = sigstore.certify(someWorkflow);
const expected = { issuer: someWorkflow.issuer, subject: someWorkflow.subject };
const type = 'https://in-toto.io/Statement/v1';
const subject = [{ name: 'a.tar', digest: { sha256: hexOf(file) } }];

/** A bundle over a payload, by a certificate. */
const certified = (payload: unknown, payloadType?: string) =>
  sigstore.sign(Buffer.from(JSON.stringify(payload)), signer, undefined, payloadType);
const good = await certified({ _type: type, subject });

/** The same by a plain key, without a timestamp. */
async function keyed(by = people.author): Promise<object> {
  const payload = Buffer.from(JSON.stringify({ _type: type, subject }));
  const sig = Buffer.from(await by.sign(pae(inTotoPayloadType, payload))).toString('base64');
  const envelope: Envelope = {
    payload: payload.toString('base64'),
    payloadType: inTotoPayloadType,
    signatures: [{ sig, keyid: '' }],
  };
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      publicKey: { hint: 'somebody' },
      tlogEntries: [await sigstore.log(hashedrekordBody(envelope, by.publicKey))],
      timestampVerificationData: { rfc3161Timestamps: [] },
    },
    dsseEnvelope: envelope,
  };
}
const byKey = await keyed();
const pem = (spki: Uint8Array, label = 'PUBLIC KEY'): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(spki).toString('base64')}\n-----END ${label}-----\n`;
const authorKey = pem(people.author.publicKey);
const verify = (bundle: unknown, who: ExpectedSigner = expected) =>
  verifyArtifact(Buffer.from(JSON.stringify(bundle)), file, who, sigstore.trustedRoot);
const problem = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('a bundle over a statement that names the file', () => {
  it('is accepted from the expected name, whose claims are given back', () => {
    expect(verify(good)).toMatchObject(expected);
  });

  it.each<[string, object]>([
    ['another issuer', { issuer: 'https://token.ci.example/' }],
    ['another name', { subject: `${expected.subject}x` }],
  ])('is refused from %s', (_, other) => {
    expect(() => verify(good, { ...expected, ...other })).toThrow(
      problem('identity-mismatch', 'The signature is by'),
    );
  });

  it('is accepted with a chain of certificates, as older programs write it', () => {
    const { certificate, ...material } = good.verificationMaterial;
    const chained = (certificates: readonly object[]) => ({
      ...good,
      mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2',
      verificationMaterial: { ...material, x509CertificateChain: { certificates } },
    });
    const above = { rawBytes: Buffer.from(sigstore.authority.certificate).toString('base64') };
    expect(verify(chained([certificate]))).toMatchObject(expected);
    expect(() => verify(chained([certificate]), { key: authorKey })).toThrow(
      problem('identity-mismatch', 'a certificate, not a key'),
    );
    // The first certificate of the chain is the signer's.
    expect(() => verify(chained([above, certificate]))).toThrow(problem('certificate-invalid', ''));
    expect(() => verify(chained([]))).toThrow(problem('statement-invalid', ''));
  });

  it('is accepted from the expected key, also without a timestamp', () => {
    expect(verify(byKey, { key: authorKey })).toBeUndefined();
    expect(() => verify(byKey)).toThrow(problem('identity-mismatch', 'a key, not a certificate'));
  });

  it.each<[string, unknown]>([
    ['of the older version', { _type: 'https://in-toto.io/Statement/v0.1', subject }],
    [
      'with other subjects beside the file',
      { _type: type, subject: [null, 'a.tar', { name: 'b' }, { digest: null }, ...subject] },
    ],
  ])('is accepted %s', async (_, payload) => {
    expect(verify(await certified(payload))).toMatchObject(expected);
  });

  it.each<[string, unknown]>([
    ['is a list', [{ _type: type, subject }]],
    ['is null', null],
    ['is a text', type],
    ['has no type', { subject }],
    ['has a list as type', { _type: [type], subject }],
    ['has text before its type', { _type: `x${type}`, subject }],
    ['has text behind its type', { _type: `${type}x`, subject }],
    ['has a type of another version', { _type: 'https://in-toto.io/Statement/v0x1', subject }],
  ])('is refused where its payload %s', async (_, payload) => {
    const bundle = await certified(payload);
    expect(() => verify(bundle)).toThrow(
      problem('statement-invalid', 'its payload is no in-toto statement'),
    );
  });

  it('is refused where its payload is of another type', async () => {
    const bundle = await certified({ _type: type, subject }, 'application/json');
    expect(() => verify(bundle)).toThrow(
      problem('statement-invalid', 'its payload is no in-toto statement'),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an object in place of the list', { ...subject[0] }],
    ['nobody', []],
    ['a name without a digest', [{ name: 'a.tar' }]],
    ['a digest of another kind', [{ name: 'a.tar', digest: { sha512: hexOf(file) } }]],
    ['the digest in capitals', [{ digest: { sha256: hexOf(file).toUpperCase() } }]],
  ])('is refused where its subject is %s', async (_, of) => {
    const bundle = await certified({ _type: type, subject: of });
    expect(() => verify(bundle)).toThrow(
      problem('subject-mismatch', `The bundle is not about the file ${file}`),
    );
  });
});

describe('the key that a caller expects', () => {
  const offCurve = Buffer.from(people.author.publicKey);
  offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
  const spkiOf = (kind: 'rsa' | 'ed25519') =>
    (kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ed25519')
    ).publicKey.export({ format: 'der', type: 'spki' });

  it.each<[string, string]>([
    ['with line ends of Windows', authorKey.replaceAll('\n', '\r\n')],
    ['without a line end', authorKey.trimEnd()],
    ['with empty lines behind it', `${authorKey}\n\n`],
  ])('is read %s', (_, key) => {
    expect(() => verify(byKey, { key })).not.toThrow();
  });

  it.each<[string, string]>([
    ['is no PEM', 'the key'],
    ['has text before it', `x${authorKey}`],
    ['has text behind it', `${authorKey.trimEnd()}x`],
    ['has another key behind it', `${authorKey}${pem(people.stranger.publicKey)}`],
    ['is of another kind', pem(spkiOf('ed25519'))],
    ['is an RSA key', pem(spkiOf('rsa'))],
    ['is a certificate', pem(signer.certificate, 'CERTIFICATE')],
    ['has a point that is not on the curve', pem(offCurve)],
  ])('is refused where the text %s', (_, key) => {
    expect(() => verify(byKey, { key })).toThrow(
      problem('signature-invalid', 'Cannot use the key: it is not the PEM of a P-256 public key'),
    );
  });

  it('is refused where another key signed', () => {
    expect(() => verify(byKey, { key: pem(people.stranger.publicKey) })).toThrow(
      problem('signature-invalid', 'The signature does not verify'),
    );
  });
});
