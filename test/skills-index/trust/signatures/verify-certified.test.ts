import { describe, expect, it } from 'vitest';
import {
  requireOneForm,
  verifyCertified,
} from '../../../../skills-index/trust/signatures/verify-statement.ts';
import { certifiedAt, somebody, TestSigstore } from '../../story-sigstore.ts';

describe('a bundle that a certificate signed', () => {
  const sigstore = new TestSigstore('certified');
  const signer = sigstore.certify(somebody);
  const minute = (count: number): Date => new Date(certifiedAt.getTime() + count * 60_000);
  const said = () => sigstore.sign(Buffer.from('{}'), signer, minute(1));
  const stampedAlso = async (...stamps: readonly string[]) => {
    const bundle = await said();
    const { verificationMaterial: material } = bundle;
    const { rfc3161Timestamps } = material.timestampVerificationData;
    const more = stamps.map((signedTimestamp) => ({ signedTimestamp }));
    const timestampVerificationData = { rfc3161Timestamps: [...rfc3161Timestamps, ...more] };
    return { ...bundle, verificationMaterial: { ...material, timestampVerificationData } };
  };

  it('was signed at the latest of several timestamps', async () => {
    const bundle = await said();
    const sig = Buffer.from(bundle.dsseEnvelope.signatures[0].sig, 'base64');
    const stamp = Buffer.from(sigstore.timestamps.stamp(sig, minute(3))).toString('base64');
    const { verificationMaterial: material } = bundle;
    const { rfc3161Timestamps: first } = material.timestampVerificationData;
    for (const rfc3161Timestamps of [
      [...first, { signedTimestamp: stamp }],
      [{ signedTimestamp: stamp }, ...first],
    ]) {
      const twice = {
        ...bundle,
        verificationMaterial: { ...material, timestampVerificationData: { rfc3161Timestamps } },
      };
      expect(verifyCertified(twice, sigstore.trustedRoot).signedAt).toBe(minute(3).getTime());
    }
  });

  it('is refused with a timestamp that cannot be read, and says why', async () => {
    const bundle = await stampedAlso('AAAA');
    expect(() => verifyCertified(bundle, sigstore.trustedRoot)).toThrow(
      expect.objectContaining({
        code: 'certificate-invalid',
        message: 'Cannot read the certificate or a timestamp of the signature',
        cause: expect.any(Error),
      }),
    );
  });

  it('may be in a log that the trusted root has under a second address', async () => {
    const { trustedRoot } = sigstore;
    const { tlogs } = trustedRoot as { readonly tlogs: readonly object[] };
    const mirrored = tlogs.map((log) => ({ ...log, baseUrl: 'https://mirror.example' }));
    const root = { ...trustedRoot, tlogs: [...tlogs, ...mirrored] };
    expect(verifyCertified(await said(), root)).toMatchObject({ claims: somebody });
    const elsewhere = { ...trustedRoot, tlogs: mirrored };
    const bundle = await said();
    expect(() => verifyCertified(bundle, elsewhere)).toThrow(
      expect.objectContaining({ code: 'log-invalid' }),
    );
  });
});

describe('a certificate that the library reads', () => {
  const der = Buffer.from('3003020101', 'hex');
  const entity = (written: Buffer, $case = 'certificate') =>
    ({ key: { $case, certificate: { root: { toDER: () => written } } } }) as unknown as Parameters<
      typeof requireOneForm
    >[0];

  it('is written by it as it stands', () => {
    expect(() => requireOneForm(entity(der), der)).not.toThrow();
  });

  it.each([['other bytes', entity(Buffer.from('300402020001', 'hex'))]])(
    'is refused when it reads %s',
    (_, read) => {
      expect(() => requireOneForm(read, der)).toThrow(
        expect.objectContaining({ code: 'certificate-invalid' }),
      );
    },
  );
});
