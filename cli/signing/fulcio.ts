/**
 * Requests a certificate for a new key and the identity in a token (Fulcio API v2, signingCert).
 */
import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import {
  askSigningService,
  jsonAnswer,
  type SigningWorld,
  signingProblem,
} from './signing-service.ts';

const chain = v.object({
  chain: v.object({ certificates: v.pipe(v.array(v.string()), v.minLength(1)) }),
});
const answer = v.union([
  v.object({ signedCertificateEmbeddedSct: chain }),
  v.object({ signedCertificateDetachedSct: chain }),
]);

/**
 * The leaf certificate, DER.
 * @param proof ECDSA signature (DER) of the token's subject, which proves possession of the key
 * @throws Problem `signing-service-failed`
 */
export async function fetchCertificate(
  world: SigningWorld,
  base: string,
  given: { readonly token: string; readonly publicPem: string; readonly proof: Uint8Array },
): Promise<Uint8Array> {
  const request = { what: 'certificate authority', url: `${base}/api/v2/signingCert` };
  const body = {
    credentials: { oidcIdentityToken: given.token },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: given.publicPem },
      proofOfPossession: Buffer.from(given.proof).toString('base64'),
    },
  };
  const bytes = await askSigningService(world, {
    ...request,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    secrets: [given.token],
  });
  const parsed = v.safeParse(answer, jsonAnswer(bytes, request));
  if (!parsed.success) throw signingProblem(request, 'its answer contains no certificate');
  const found =
    'signedCertificateEmbeddedSct' in parsed.output
      ? parsed.output.signedCertificateEmbeddedSct
      : parsed.output.signedCertificateDetachedSct;
  const [leaf = ''] = found.chain.certificates;
  return (
    certifies(leaf, given.publicPem) ??
    raise(signingProblem(request, 'its certificate is not for our key'))
  );
}

function certifies(pem: string, publicPem: string): Uint8Array | undefined {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.publicKey.export({ type: 'spki', format: 'pem' }) === publicPem
      ? certificate.raw
      : undefined;
  } catch {
    return undefined;
  }
}

function raise(problem: Error): never {
  throw problem;
}
