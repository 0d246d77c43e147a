/**
 * A signed and logged statement as one file: a Sigstore bundle v0.3 in JSON, in one of two
 * profiles. A keyed bundle has a public key and an entry of the registry's log. A certified bundle
 * has a short-lived certificate, which has expired, and timestamps. A certified bundle also has an
 * entry of the registry's log and an entry of the Rekor log.
 */
import * as v from 'valibot';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { boundedList, exactObject, parseShape, unplaced } from '../../skill/shape.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { base64, type Shape } from '../field-shapes.ts';
import { type Envelope, envelopeShape, sentEnvelopeShape } from './envelope.ts';

/**
 * Maximum length of a certificate in base64. Fulcio's certificates have about 1,000 characters; a
 * certificate with many claims has three times as many.
 */
const certificateCharsMax = 16_384;
const timestampCharsMax = 32_768;

const checkpointCharsMax = 16_384;

/** Maximum number of hashes in an inclusion proof; enough for a log of 2^63 entries. */
const inclusionProofHashesMax = 64;

/** Maximum number of timestamps of one signature. */
const timestampsMax = 4;

export const sigstoreBundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/**
 * A transparency log entry with an inclusion proof, as in the bundle's JSON: numbers in decimal,
 * bytes in base64.
 */
export interface SigstoreLogEntry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly kindVersion: { readonly kind: 'hashedrekord'; readonly version: '0.0.2' };
  readonly integratedTime: '0';
  readonly inclusionProof: {
    readonly logIndex: string;
    readonly rootHash: string;
    readonly treeSize: string;
    readonly hashes: readonly string[];
    readonly checkpoint: { readonly envelope: string };
  };
  readonly canonicalizedBody: string;
}

interface BundleOf<Material> {
  readonly mediaType: typeof sigstoreBundleMediaType;
  readonly verificationMaterial: Material;
  readonly dsseEnvelope: Envelope;
}

/** A bundle that a long-lived key signed. */
export type KeyedBundle = BundleOf<{
  readonly publicKey: { readonly hint: Digest };
  /** The entry of the registry's log for this statement. */
  readonly tlogEntries: readonly [SigstoreLogEntry];
}>;

interface Certification {
  /** The signer's certificate: DER in base64. */
  readonly certificate: { readonly rawBytes: string };
  readonly timestampVerificationData: {
    readonly rfc3161Timestamps: readonly { readonly signedTimestamp: string }[];
  };
}

/**
 * A bundle that a certified key signed and that is not in the registry's log yet. cosign and
 * sigstore-python write and verify such a bundle.
 */
export type PlainBundle = BundleOf<
  Certification & { readonly tlogEntries: readonly [SigstoreLogEntry] }
>;

/**
 * A certified bundle whose first log entry is of the registry's log, and whose second log entry is
 * of Rekor.
 */
export type CertifiedBundle = BundleOf<
  Certification & { readonly tlogEntries: readonly [SigstoreLogEntry, SigstoreLogEntry] }
>;

export type SigstoreBundle = KeyedBundle | CertifiedBundle;

/**
 * The bundle without the entry of the registry's own log, for verifiers that do not know this log.
 */
export function withoutOwnEntry(bundle: CertifiedBundle): PlainBundle {
  const { tlogEntries, ...material } = bundle.verificationMaterial;
  return { ...bundle, verificationMaterial: { ...material, tlogEntries: [tlogEntries[1]] } };
}

/** Whether a certificate in the bundle names the signer's key. */
export function isCertified(bundle: SigstoreBundle): bundle is CertifiedBundle {
  return 'certificate' in bundle.verificationMaterial;
}

/**
 * The bytes under which a bundle is stored, and the digest of these bytes, which is the statement's
 * address.
 */
export function addressOf(bundle: SigstoreBundle): {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
} {
  const bytes = Buffer.from(canonicalJson(bundle));
  return { bytes, digest: digestOf(bytes) };
}

const hash = v.pipe(base64, v.length(44, 'is not a SHA-256 hash in base64'));
const decimal = v.pipe(
  v.string(),
  v.check(
    (text) => /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text)),
    'is not a number in decimal',
  ),
);
const base64UpTo = (charsMax: number) =>
  v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(charsMax, 'is too long'), base64);

// A log entry has an inclusion proof, no inclusion promise and no time. Protobuf's JSON leaves out
// zeros and empty lists, and other programs do so too. `zero` decides whether the JSON may leave
// out such a member; the parsed entry always has the member.
const entryWith = (
  zero: <Value>(shape: Shape<Value>, value: NoInfer<Value>) => Shape<Value>,
): Shape<SigstoreLogEntry> =>
  exactObject({
    logIndex: zero(decimal, '0'),
    logId: exactObject({ keyId: hash }),
    kindVersion: exactObject({ kind: v.literal('hashedrekord'), version: v.literal('0.0.2') }),
    integratedTime: zero(v.literal('0'), '0'),
    inclusionProof: exactObject({
      logIndex: zero(decimal, '0'),
      rootHash: hash,
      treeSize: decimal,
      hashes: zero(boundedList(hash, inclusionProofHashesMax), []),
      checkpoint: exactObject({
        envelope: v.pipe(v.string(), v.maxLength(checkpointCharsMax, 'is too long')),
      }),
    }),
    canonicalizedBody: base64,
  });
const entry = entryWith((shape) => shape);
const sentEntry = entryWith((shape, value) => v.optional(shape, () => value) as never);

const certification = {
  certificate: exactObject({ rawBytes: base64UpTo(certificateCharsMax) }),
  timestampVerificationData: exactObject({
    rfc3161Timestamps: v.pipe(
      boundedList(exactObject({ signedTimestamp: base64UpTo(timestampCharsMax) }), timestampsMax),
      v.minLength(1, 'is empty: nothing says when the certificate was used'),
    ),
  }),
};

const bundleOf = <Material>(
  material: Shape<Material>,
  envelope: Shape<Envelope> = envelopeShape,
): Shape<BundleOf<Material>> =>
  exactObject({
    mediaType: v.literal(sigstoreBundleMediaType),
    verificationMaterial: material,
    dsseEnvelope: envelope,
  });

const keyedShape: Shape<KeyedBundle> = bundleOf(
  exactObject({
    publicKey: exactObject({ hint: v.custom<Digest>(isDigest, 'is not a key id') }),
    tlogEntries: v.strictTuple([entry]),
  }),
);
const certifiedShape: Shape<CertifiedBundle> = bundleOf(
  exactObject({ ...certification, tlogEntries: v.strictTuple([entry, entry]) }),
);
const plainShape: Shape<PlainBundle> = bundleOf(
  exactObject({ ...certification, tlogEntries: v.strictTuple([sentEntry]) }),
  sentEnvelopeShape,
);

/**
 * Parses a keyed or certified bundle without verifying any signature or proof.
 * @throws Problem `statement-invalid`
 */
export function parseSigstoreBundle(value: unknown): SigstoreBundle {
  const shape: Shape<SigstoreBundle> = hasCertificate(value) ? certifiedShape : keyedShape;
  return parseShape(shape, unplaced(value, 'bundle'), 'statement-invalid', 'the Sigstore bundle');
}

function hasCertificate(value: unknown): boolean {
  const material =
    typeof value === 'object' &&
    value !== null &&
    'verificationMaterial' in value &&
    value.verificationMaterial;
  return typeof material === 'object' && material !== null && 'certificate' in material;
}

/**
 * Parses a certified bundle that is not in the registry's log yet, without verifying any signature
 * or proof.
 * @throws Problem `statement-invalid`
 */
export function parsePlainBundle(value: unknown): PlainBundle {
  return parseShape(
    plainShape,
    unplaced(value, 'bundle'),
    'statement-invalid',
    'the Sigstore bundle',
  );
}
