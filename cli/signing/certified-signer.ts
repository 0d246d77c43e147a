/**
 * Signs without a stored key. A P-256 key exists for one publication, a certificate names its
 * holder, and a public log and a timestamp authority prove the time
 * (docs/decisions/0014-keyless.md).
 */
import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import type { Signer as SigstoreSigner } from '@sigstore/sign';
import { type Statement, statementBytes } from '../../skills-index/statement/attestation.ts';
import {
  type PlainBundle,
  parsePlainBundle,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import {
  type CertificateClaims,
  readClaims,
} from '../../skills-index/trust/signatures/certificate-identity.ts';
import { buildBundle } from './bundle-builder.ts';
import { fetchCertificate } from './fulcio.ts';
import { challengeOf } from './identity-token.ts';
import { rekorWitness } from './rekor.ts';
import type { SigningServices } from './signing-config.ts';
import type { SigningWorld } from './signing-service.ts';
import { timestampWitness } from './timestamp.ts';

/** A certificate with its key, for one publication. */
export interface CertifiedSigner {
  /** The identity in the certificate. */
  readonly claims: CertificateClaims;
  /** A bundle that any Sigstore verifier reads; the registry adds the entry of its own log. */
  signStatement(statement: Statement): Promise<PlainBundle>;
}

/**
 * Requests a certificate for the token's identity. @throws Problem `signing-service-failed`,
 * `identity-token-invalid`, `certificate-invalid`
 */
export async function certifiedSigner(
  world: SigningWorld,
  services: SigningServices,
  token: string,
): Promise<CertifiedSigner> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signBytes = (bytes: Uint8Array): Buffer =>
    sign('sha256', bytes, { key: privateKey, dsaEncoding: 'der' });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const proof = signBytes(Buffer.from(challengeOf(token)));
  const der = await fetchCertificate(world, services.certificates, { token, publicPem, proof });
  const certificate = new X509Certificate(der).toString();
  const signer: SigstoreSigner = {
    sign: async (data) => ({
      signature: signBytes(data),
      key: { $case: 'x509Certificate', certificate },
    }),
  };
  return {
    claims: readClaims(der),
    signStatement: (statement) => certify(world, services, signer, statement),
  };
}

// We use our own clients for log and timestamp authority; rekor.ts and timestamp.ts say why.
async function certify(
  world: SigningWorld,
  { log, timestamps }: SigningServices,
  signer: SigstoreSigner,
  statement: Statement,
): Promise<PlainBundle> {
  const witnesses = [rekorWitness(world, log), timestampWitness(world, timestamps)];
  return parsePlainBundle(await buildBundle(statementBytes(statement), signer, witnesses));
}
