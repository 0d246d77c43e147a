/**
 * Signs without a key that anybody keeps: a P-256 key lives for one publication, a certificate says
 * who held it, a public log and a timestamp authority say that it was then
 * (docs/decisions/0014-keyless.md).
 */
import { generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import type { Signer as SigstoreSigner } from '@sigstore/sign';
import { type Statement, statementBytes } from '../../skills-index/statement/attestation.ts';
import {
  type PlainBundle,
  parsePlainBundle,
} from '../../skills-index/statement/sigstore-bundle.ts';
import {
  type CertificateClaims,
  readClaims,
} from '../../skills-index/trust/sigstore/certificate-identity.ts';
import { buildBundle } from './bundle-builder.ts';
import { fetchCertificate } from './fulcio.ts';
import { challengeOf } from './identity-token.ts';
import { rekorWitness } from './rekor.ts';
import type { SigningServices } from './signing-config.ts';
import type { SigningWorld } from './signing-service.ts';
import { timestampWitness } from './timestamp.ts';

/** Holds a certificate and its key for as long as one publication takes. */
export interface CertifiedSigner {
  /** Whom the certificate names. */
  readonly claims: CertificateClaims;
  /** A bundle that anybody’s verifier reads; the registry adds its own log’s entry. */
  signStatement(statement: Statement): Promise<PlainBundle>;
}

/**
 * Gets a certificate for whom the token names. @throws Problem `signing-service-failed`,
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

// Witnesses of our own ask log and timestamp authority: rekor.ts and timestamp.ts say why.
async function certify(
  world: SigningWorld,
  { log, timestamps }: SigningServices,
  signer: SigstoreSigner,
  statement: Statement,
): Promise<PlainBundle> {
  const witnesses = [rekorWitness(world, log), timestampWitness(world, timestamps)];
  return parsePlainBundle(await buildBundle(statementBytes(statement), signer, witnesses));
}
