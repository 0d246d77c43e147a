/**
 * Signing with an issuer's identity (`--oidc`): first the token's identity, then the certificate.
 * Loaded on demand.
 */

import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import type { TransparencyLogEntry } from '@sigstore/bundle';
import type { Signer as SigstoreSigner, Witness } from '@sigstore/sign';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Statement, statementBytes } from '../../skills-index/statement/attestation.ts';
import { pae } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  type PlainBundle,
  parsePlainBundle,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import {
  type CertificateClaims,
  readClaims,
} from '../../skills-index/trust/signatures/certificate-identity.ts';
import {
  idsOfClaims,
  printClaims,
} from '../../skills-index/trust/signatures/certified-identities.ts';
import type { CommandContext } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';
import { buildBundle } from './bundle-builder.ts';
import {
  askSigningService,
  challengeOf,
  claimsOf,
  identityToken,
  jsonAnswer,
  type SigningWorld,
  signingProblem,
} from './identity-token.ts';
import { readSigningConfig, type SigningServices } from './signing-config.ts';

/** An identity with a token, before any certificate. */
export interface Bearer {
  /** From the token; the certificate decides. */
  readonly claims: CertificateClaims;
  readonly services: SigningServices;
  /** Requests the certificate. From then on the name is in public logs. */
  certify(): Promise<CertifiedSigner>;
}

/**
 * Reads the identity that would sign. Nothing is sent to the certifying services.
 * @throws Problem `signing-config-invalid`, `identity-token-missing`, `identity-token-invalid`
 */
export async function bearerOf(context: CommandContext): Promise<Bearer> {
  const services = await readSigningConfig(context);
  const token = await identityToken(context, services);
  const claims = claimsOf(token);
  if (idsOfClaims(claims).length === 0)
    throw new Problem('identity-token-invalid', `Cannot sign as ${printClaims(claims)}`, {
      hint: 'publish from a push, a tag, a release or a protected environment; a job for a pull request runs code of strangers',
    });
  return {
    claims,
    services,
    certify: async () => {
      printNote(
        context,
        safe`signing as ${printClaims(claims)}; this name enters the public log at ${services.log} for ever`,
      );
      return certifiedSigner(context, services, token);
    },
  };
}

/** The scope's owner needs claims that only the job itself knows, so they are printed. */
export function printPublisherHint(
  context: CommandContext,
  claims: CertificateClaims,
  scope = 'SCOPE',
): void {
  const options = publisherOptions({ ...claims });
  if (options === undefined) return;
  printNote(
    context,
    safe`→ an owner can let only this job publish: skillgate scope publishers ${scope} ${options}`,
  );
}

// Signs without a stored key. A P-256 key exists for one publication, a certificate names its
// holder, and a public log and a timestamp authority prove the time
// (docs/decisions/0014-keyless.md).

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

// The clients for log and timestamp authority are our own.
async function certify(
  world: SigningWorld,
  { log, timestamps }: SigningServices,
  signer: SigstoreSigner,
  statement: Statement,
): Promise<PlainBundle> {
  const witnesses = [rekorWitness(world, log), timestampWitness(world, timestamps)];
  return parsePlainBundle(await buildBundle(statementBytes(statement), signer, witnesses));
}

// Requests a certificate for a new key and the identity in a token (Fulcio API v2, signingCert).

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
async function fetchCertificate(
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

// An entry in a public Rekor v2 log: a hashedrekord over the digest of the bytes that DSSE signs.
// (Rekor v2 accepts no DSSE entries since rekor-tiles 2.3.0, and the witness of @sigstore/sign 5.1
// still sends them.)

/**
 * Logs DSSE envelopes that the certificate's P-256 key signed. Throws Problem
 * `signing-service-failed`.
 */
function rekorWitness(world: SigningWorld, base: string): Witness {
  return {
    testify: async (content, certificate) => {
      if (content.$case !== 'dsseEnvelope')
        throw new TypeError('only DSSE envelopes are signed here');
      const { payload, payloadType, signatures } = content.dsseEnvelope;
      const signed = createHash('sha256').update(pae(payloadType, payload)).digest();
      const der = new X509Certificate(certificate).raw;
      return {
        tlogEntries: [
          await addEntry(world, base, {
            signed,
            signature: signatures[0]?.sig ?? Buffer.alloc(0),
            der,
          }),
        ],
      };
    },
  };
}

interface Signed {
  /** SHA-256. */
  readonly signed: Buffer;
  readonly signature: Buffer;
  readonly der: Buffer;
}

async function addEntry(
  world: SigningWorld,
  base: string,
  { signed, signature, der }: Signed,
): Promise<TransparencyLogEntry> {
  const digest = signed.toString('base64');
  const verifier = {
    x509Certificate: { rawBytes: der.toString('base64') },
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
  };
  const request = { what: 'Rekor log', url: `${base}/api/v2/log/entries` };
  const bytes = await askSigningService(world, {
    ...request,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      hashedRekordRequestV002: {
        digest,
        signature: { content: signature.toString('base64'), verifier },
      },
    }),
  });
  const parsed = v.safeParse(entryShape, jsonAnswer(bytes, request));
  if (!parsed.success) throw signingProblem(request, 'its answer is not an entry');
  // Verifiers recompute the whole entry; this check reports a wrong entry at once.
  if (!parsed.output.canonicalizedBody.includes(digest))
    throw signingProblem(request, 'its answer is another entry');
  return { ...parsed.output, integratedTime: '0', inclusionPromise: undefined };
}

const text = v.string();
const bytesOf = v.pipe(
  v.string(),
  v.transform((base64) => Buffer.from(base64, 'base64')),
);
// Protobuf's JSON omits zero and empty values: the index of the first entry, and an empty inclusion
// proof.
const entryShape = v.object({
  logIndex: v.optional(text, '0'),
  logId: v.object({ keyId: bytesOf }),
  kindVersion: v.object({ kind: v.literal('hashedrekord'), version: v.literal('0.0.2') }),
  inclusionProof: v.object({
    logIndex: v.optional(text, '0'),
    rootHash: bytesOf,
    treeSize: text,
    hashes: v.optional(v.array(bytesOf), []),
    checkpoint: v.object({ envelope: text }),
  }),
  canonicalizedBody: bytesOf,
});

// A timestamp of a signature from any RFC 3161 authority. The client of @sigstore/sign uses a JSON
// form that only Sigstore's own authority accepts.

// TimeStampReq (RFC 3161 §2.4.1): version 1, SHA-256, then the imprint. No nonce, because the
// stamped signature is random itself.
const head = Buffer.from('30360201013031300d060960864801650304020105000420', 'hex');

/** Requests a timestamp of the signature. Throws Problem `signing-service-failed`. */
function timestampWitness(world: SigningWorld, url: string): Witness {
  return {
    testify: async (content) => {
      const signature =
        content.$case === 'dsseEnvelope'
          ? content.dsseEnvelope.signatures[0]?.sig
          : content.messageSignature.signature;
      const imprint = createHash('sha256')
        .update(signature ?? '')
        .digest();
      const signedTimestamp = await askSigningService(world, {
        what: 'timestamp authority',
        url,
        headers: {
          'content-type': 'application/timestamp-query',
          accept: 'application/timestamp-reply',
        },
        body: Buffer.concat([head, imprint]),
      });
      return { rfc3161Timestamps: [{ signedTimestamp }] };
    },
  };
}

// The CI providers whose jobs may publish, and the options that name such a job.

export const providers: Readonly<
  Record<string, { readonly issuer: string; readonly web: string }>
> = {
  github: { issuer: 'https://token.actions.githubusercontent.com', web: 'https://github.com/' },
  gitlab: { issuer: 'https://gitlab.com', web: 'https://gitlab.com/' },
};

/** The options that name this job, to copy. */
function publisherOptions({
  issuer,
  repository,
  workflow,
  ref,
  environment,
}: Readonly<Partial<Record<string, string>>>): string | undefined {
  if (issuer === undefined || repository === undefined || workflow === undefined) return undefined;
  const provider =
    Object.entries(providers).find(([, known]) => known.issuer === issuer)?.[0] ?? issuer;
  // An environment is stronger than a ref, because the provider can require a person for it.
  const where = environment === undefined ? `--ref ${ref ?? ''}` : `--environment ${environment}`;
  return `--ci ${provider}:${repository} --workflow ${workflow} ${where}`;
}
