/**
 * Decides whether somebody signed a file: verifies any Sigstore bundle against the file's digest,
 * as Sigstore's own clients do.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { type SignedEntity, type TrustMaterial, toSignedEntity, Verifier } from '@sigstore/verify';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { isP256Spki } from '../../skills-index/statement/field-shapes.ts';
import { inTotoPayloadType } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  type CertificateClaims,
  readLeaf,
} from '../../skills-index/trust/signatures/certificate-identity.ts';
import {
  parseTrustedRoot,
  type SigstoreRoot,
} from '../../skills-index/trust/signatures/trusted-root.ts';
import {
  requireOneForm,
  requireRecords,
  toProblem,
} from '../../skills-index/trust/signatures/verify-statement.ts';
import { verifyDigest } from './digest-signature.ts';
import { parseForeignBundle } from './foreign-bundle.ts';

/**
 * The signer that the caller expects: exactly this name at exactly this issuer, or the holder of
 * this P-256 key (PEM of a public key).
 */
export type ExpectedSigner =
  | { readonly issuer: string; readonly subject: string }
  | { readonly key: string };

/**
 * Verifies that the bundle has the expected signer's signature over a file, or over a statement
 * that names the file as a subject.
 * @param artifact SHA-256 of the file
 * @param trustedRoot parsed JSON of a trusted_root.json
 * @returns the claims of the certificate; nothing for a key
 * @throws Problem `statement-invalid`, `json-invalid`, `trusted-root-invalid`,
 * `certificate-invalid`, `signature-invalid`, `log-invalid`, `subject-mismatch`,
 * `identity-mismatch`
 */
export function verifyArtifact(
  bundleBytes: Uint8Array,
  artifact: Digest,
  expected: ExpectedSigner,
  trustedRoot: unknown,
): CertificateClaims | undefined {
  const root = parseTrustedRoot(trustedRoot);
  const bundle = parseForeignBundle(bundleBytes);
  requireAbout(bundle, artifact);
  const certificate = certificateOf(bundle);
  const entity = toEntity(bundle, artifact);
  if (!('key' in expected)) return verifyCertificate(entity, certificate, expected, root);
  if (certificate !== undefined) throw mismatch('a certificate, not a key');
  const publicKey = keyOfPem(expected.key);
  // A plain key has no end of validity, so no timestamp is demanded for a signature without a
  // certificate. The log entry is demanded.
  verify(entity, { ...root, publicKey: () => ({ publicKey, validFor: () => true }) }, 0);
  requireRecords(entity, root, publicKey.export({ format: 'der', type: 'spki' }));
  return undefined;
}

function verifyCertificate(
  entity: SignedEntity,
  certificate: Uint8Array | undefined,
  expected: { readonly issuer: string; readonly subject: string },
  root: SigstoreRoot,
): CertificateClaims {
  if (certificate === undefined) throw mismatch('a key, not a certificate');
  const { claims } = readLeaf(certificate);
  requireOneForm(entity, certificate);
  const publicKey = (): never => {
    throw mismatch('a key, not a certificate');
  };
  verify(entity, { ...root, publicKey }, 1);
  requireRecords(entity, root, certificate);
  // Issuer and name are compared whole and exactly. Sigstore's library would read the expected name
  // as a pattern, and would find it inside another name.
  if (claims.issuer !== expected.issuer)
    throw mismatch(
      `somebody whom ${JSON.stringify(claims.issuer)} vouches for, not ${JSON.stringify(expected.issuer)}`,
    );
  if (claims.subject !== expected.subject)
    throw mismatch(`${JSON.stringify(claims.subject)}, not ${JSON.stringify(expected.subject)}`);
  return claims;
}

function verify(entity: SignedEntity, material: TrustMaterial, ofCertificate: 0 | 1): void {
  try {
    new Verifier(material, {
      tlogThreshold: 1,
      ctlogThreshold: ofCertificate,
      timestampThreshold: ofCertificate,
    }).verify(entity);
  } catch (cause) {
    throw toProblem(cause);
  }
}

// The first certificate of a chain is the signer's. The certificates above it come from the trusted
// root, never from the bundle.
function certificateOf({ verificationMaterial: { content } }: Bundle): Uint8Array | undefined {
  switch (content.$case) {
    case 'publicKey':
      return undefined;
    case 'certificate':
      return content.certificate.rawBytes;
    case 'x509CertificateChain':
      return content.x509CertificateChain.certificates[0]?.rawBytes;
  }
}

// Sigstore's library compares a signature with the signed content, but never the signed content
// with the file.
function requireAbout({ content }: Bundle, artifact: Digest): void {
  if (content.$case === 'dsseEnvelope') {
    const { payload, payloadType } = content.dsseEnvelope;
    if (payloadType !== inTotoPayloadType) throw invalid('its payload is no in-toto statement');
    if (!subjectsOf(parseJson(payload, 'the statement').value).includes(hexOf(artifact)))
      throw otherFile(artifact);
    return;
  }
  const { algorithm, digest } = content.messageSignature.messageDigest;
  if (algorithm !== sha256) throw invalid('its digest of the file is not SHA-256');
  if (digest.toString('hex') !== hexOf(artifact)) throw otherFile(artifact);
}

// The number of HashAlgorithm.SHA2_256 in Sigstore's protobuf-specs.
const sha256 = 1;

/**
 * SHA-256 of each subject of an in-toto statement (v0.1 or v1), as the statement spells the digest.
 */
function subjectsOf(statement: unknown): unknown[] {
  const type = memberOf(statement, '_type');
  if (typeof type !== 'string' || !/^https:\/\/in-toto\.io\/Statement\/v(0\.1|1)$/.test(type))
    throw invalid('its payload is no in-toto statement');
  const subjects = memberOf(statement, 'subject');
  return Array.isArray(subjects)
    ? subjects.map((one) => memberOf(memberOf(one, 'digest'), 'sha256'))
    : [];
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

// Sigstore's library hashes the file itself. Skillgate has only the file's digest, so the digest
// stands in for the file.
function toEntity(bundle: Bundle, artifact: Digest): SignedEntity {
  try {
    const entity = toSignedEntity(bundle);
    if (bundle.content.$case === 'messageSignature')
      entity.signature.verifySignature = (key) =>
        verifyDigest(key, artifact, entity.signature.signature);
    return entity;
  } catch (cause) {
    throw toProblem(cause);
  }
}

function keyOfPem(pem: string): KeyObject {
  // Sigstore's library would also accept a private key or a certificate, but the caller has to give
  // a public key.
  const [, body] =
    /^-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END PUBLIC KEY-----\s*$/.exec(pem) ??
    [];
  const key = Buffer.from(body ?? '', 'base64');
  if (isP256Spki(key)) return createPublicKey({ key, format: 'der', type: 'spki' });
  throw new Problem(
    'signature-invalid',
    'Cannot use the key: it is not the PEM of a P-256 public key',
  );
}

function otherFile(artifact: Digest): Problem {
  return new Problem('subject-mismatch', `The bundle is not about the file ${artifact}`);
}

function mismatch(who: string): Problem {
  return new Problem('identity-mismatch', `The signature is by ${who}`);
}

function invalid(why: string): Problem {
  return new Problem('statement-invalid', `Cannot read the Sigstore bundle: ${why}`);
}
