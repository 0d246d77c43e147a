/**
 * Reads `skill.oms.sig`: a signature by OpenSSF Model Signing (OMS, model_signing 0.2 to 1.1). The
 * file is a Sigstore bundle, whose signed statement lists the files of the skill.
 */
import { X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { bundleFilesMax } from '../../../skills-index/skill/limits.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { boundedList, parseShape } from '../../../skills-index/skill/shape.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import { inTotoPayloadType } from '../../../skills-index/statement/signature-formats/envelope.ts';

export const omsFileName = 'skill.oms.sig';

export interface OmsBundle {
  /** The certificate of the signer first, then those above it; empty for a signer without one. */
  readonly chain: readonly X509Certificate[];
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** SHA-256 of each signed file, in hexadecimal digits, by the file's path. */
  readonly files: ReadonlyMap<string, string>;
}

const chainMax = 10;
const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is no SHA-256 digest'));
const base64 = v.pipe(v.string(), v.base64());
const certificate = v.object({ rawBytes: base64 });
const bundleShape = v.object({
  verificationMaterial: v.object({
    x509CertificateChain: v.optional(
      v.object({ certificates: boundedList(certificate, chainMax) }),
    ),
    certificate: v.optional(certificate),
  }),
  dsseEnvelope: v.object({
    payload: base64,
    payloadType: v.literal(inTotoPayloadType),
    signatures: v.tuple([v.object({ sig: base64 })]),
  }),
});
const statementShape = v.variant('predicateType', [
  v.object({
    predicateType: v.literal('https://model_signing/signature/v1.0'),
    predicate: v.object({
      serialization: v.object({ method: v.literal('files') }),
      resources: boundedList(
        v.object({ name: v.string(), algorithm: v.literal('sha256'), digest: hex }),
        bundleFilesMax,
      ),
    }),
  }),
  // The form of model_signing 0.2, which signed skills still have.
  v.object({
    predicateType: v.literal('https://model_signing/Digests/v0.1'),
    subject: boundedList(
      v.object({ name: v.string(), digest: v.object({ sha256: hex }) }),
      bundleFilesMax,
    ),
  }),
]);

/** @throws Problem `statement-invalid`, `json-invalid` */
export function parseOmsBundle(bytes: Uint8Array, path: string): OmsBundle {
  const { verificationMaterial, dsseEnvelope } = parseShape(
    bundleShape,
    parseJson(bytes, path),
    'statement-invalid',
    path,
  );
  const payload = Buffer.from(dsseEnvelope.payload, 'base64');
  const statement = parseShape(
    statementShape,
    parseJson(payload, `the statement in ${path}`),
    'statement-invalid',
    `the statement in ${path}`,
  );
  const { x509CertificateChain, certificate: only } = verificationMaterial;
  const certificates = x509CertificateChain?.certificates ?? (only === undefined ? [] : [only]);
  return {
    chain: certificates.map(({ rawBytes }) => parseCertificate(rawBytes, path)),
    payload,
    signature: Buffer.from(dsseEnvelope.signatures[0].sig, 'base64'),
    files: signedFiles(statement),
  };
}

function signedFiles(statement: v.InferOutput<typeof statementShape>): Map<string, string> {
  if ('subject' in statement)
    return new Map(statement.subject.map(({ name, digest }) => [name, digest.sha256]));
  return new Map(statement.predicate.resources.map(({ name, digest }) => [name, digest]));
}

function parseCertificate(rawBytes: string, path: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(rawBytes, 'base64'));
  } catch (cause) {
    throw new Problem('statement-invalid', `Cannot read a certificate in ${path}`, { cause });
  }
}
