/**
 * Signs without a key that anybody keeps: a P-256 key lives for one publication, a certificate says who held it, a public log and a
 * timestamp authority say that it was then (docs/decisions/0014-keyless.md).
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import { type Envelope, type Signer, signStatement } from '../../skills-index/statement/sign.ts';
import { type PlainBundle, parsePlainBundle, sigstoreBundleMediaType } from '../../skills-index/statement/sigstore-bundle.ts';
import { type CertificateClaims, readClaims } from '../../skills-index/trust/certificate-identity.ts';
import { fetchCertificate } from './fulcio.ts';
import { challengeOf } from './identity-token.ts';
import { logInRekor } from './rekor.ts';
import type { SigningServices } from './signing-config.ts';
import type { SigningWorld } from './signing-service.ts';
import { fetchTimestamp } from './timestamp.ts';

/** Holds a certificate and its key for as long as one publication takes. */
export interface CertifiedSigner {
  /** Whom the certificate names. */
  readonly claims: CertificateClaims;
  /** Leaf certificate, DER. */
  readonly certificate: Uint8Array;
  /** A bundle that anybody’s verifier reads; the registry adds its own log’s entry. */
  signStatement(statement: Statement): Promise<PlainBundle>;
}

/** Gets a certificate for whom the token names. @throws Problem `signing-service`, `identity-token-invalid`, `certificate-invalid` */
export async function certifiedSigner(world: SigningWorld, services: SigningServices, token: string): Promise<CertifiedSigner> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signBytes = (bytes: Uint8Array): Uint8Array => sign('sha256', bytes, { key: privateKey, dsaEncoding: 'der' });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const proof = signBytes(Buffer.from(challengeOf(token)));
  const certificate = await fetchCertificate(world, services.certificates, { token, publicPem, proof });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const signer: Signer = { keyId: digestOf(spki), publicKey: spki, sign: async (bytes) => signBytes(bytes) };
  return {
    claims: readClaims(certificate),
    certificate,
    signStatement: async (statement) => certify(world, services, await signStatement(statement, signer), certificate),
  };
}

async function certify(
  world: SigningWorld,
  services: SigningServices,
  dsseEnvelope: Envelope,
  certificate: Uint8Array,
): Promise<PlainBundle> {
  const signature = Buffer.from(dsseEnvelope.signatures[0].sig, 'base64');
  const [entry, stamp] = await Promise.all([
    logInRekor(world, services.log, dsseEnvelope, certificate),
    fetchTimestamp(world, services.timestamps, signature),
  ]);
  return parsePlainBundle({
    mediaType: sigstoreBundleMediaType,
    verificationMaterial: {
      certificate: { rawBytes: base64(certificate) },
      tlogEntries: [entry],
      timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: base64(stamp) }] },
    },
    dsseEnvelope,
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
