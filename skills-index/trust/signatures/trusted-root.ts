/**
 * Reads Sigstore's trusted_root.json strictly. The file lists the certificate authorities, logs and
 * timestamp authorities on which a keyless signature may depend.
 */

import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import * as v from 'valibot';
import { Problem } from '../../skill/problem.ts';
import { boundedList, exactObject, parseShape, unplaced } from '../../skill/shape.ts';
import { base64 } from '../../statement/field-shapes.ts';

/**
 * Maximum number of authorities or logs of one kind in a trusted root, and of certificates of one
 * authority.
 */
const trustedAuthoritiesMax = 50;

const trustedChainMax = 10;

/**
 * The authorities and logs of a trusted root, each with the time in which it counts. The trusted
 * root has no keys of people.
 */
export type SigstoreRoot = Omit<TrustMaterial, 'publicKey'>;

/**
 * Parses the JSON of a trusted root. Every authority and log must name the time since which it
 * counts; without a time, Sigstore's library would assume 1970.
 * @param value parsed JSON; the same object is parsed only once
 * @throws Problem `trusted-root-invalid`
 */
export function parseTrustedRoot(value: unknown): SigstoreRoot {
  const known = typeof value === 'object' && value !== null ? read.get(value) : undefined;
  if (known !== undefined) return known;
  const parsed = parseShape(
    rootShape,
    unplaced(withoutNulls(value), 'trusted_root.json'),
    'trusted-root-invalid',
    'the trusted root',
  );
  try {
    const { publicKey: _, ...root } = toTrustMaterial(parsed);
    read.set(value as object, root);
    return root;
  } catch (cause) {
    throw new Problem(
      'trusted-root-invalid',
      'Cannot read the trusted root: a field for a key or certificate holds something else',
      { cause },
    );
  }
}

// Protobuf's JSON may write an absent member as null.
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, withoutNulls(member)]));
}

// Parsing a trusted root takes longer than verifying a signature, so results are kept. Callers do
// not change the trusted root after they pass it.
const read = new WeakMap<object, SigstoreRoot>();

// The PublicKeyDetails of Sigstore's protobuf-specs with which logs sign, and the numbers of the
// same key types in Sigstore's library.
const keyDetails = {
  PKCS1_RSA_PKCS1V5: 1,
  PKIX_RSA_PKCS1V5: 3,
  PKIX_ECDSA_P256_SHA_256: 5,
  PKIX_ED25519: 7,
  PKIX_RSA_PKCS1V15_2048_SHA256: 9,
  PKIX_RSA_PKCS1V15_3072_SHA256: 10,
  PKIX_RSA_PKCS1V15_4096_SHA256: 11,
  PKIX_ECDSA_P384_SHA_384: 12,
} as const;
type KeyDetails = keyof typeof keyDetails;

const text = v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(1_000, 'is too long'));
const bytes = v.pipe(
  base64,
  v.minLength(1, 'is empty'),
  v.transform((one) => Buffer.from(one, 'base64')),
);
const time = v.pipe(
  v.string(),
  v.check(
    (one) =>
      /^\d{4}(-\d\d){2}T\d\d(:\d\d){2}(\.\d{1,9})?Z$/.test(one) && !Number.isNaN(Date.parse(one)),
    'is not a time',
  ),
  v.transform((one) => new Date(one)),
);
const validFor = v.pipe(
  exactObject({ start: time, end: v.exactOptional(time) }),
  v.check(({ start, end }) => end === undefined || start <= end, 'ends before it starts'),
  v.transform(({ start, end }) => ({ start, end })),
);
const logId = exactObject({ keyId: bytes });
const log = v.pipe(
  exactObject({
    baseUrl: v.pipe(
      text,
      v.check(
        (url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ''),
        'is not the address of a log',
      ),
    ),
    hashAlgorithm: v.literal('SHA2_256'),
    publicKey: exactObject({
      rawBytes: bytes,
      keyDetails: v.pipe(
        v.picklist(
          Object.keys(keyDetails) as KeyDetails[],
          'is not a kind of key that is known here',
        ),
        v.transform((name) => keyDetails[name]),
      ),
      validFor,
    }),
    logId,
    checkpointKeyId: v.exactOptional(logId),
    operator: v.exactOptional(v.string(), ''),
  }),
  v.transform((one) => ({ checkpointKeyId: undefined, ...one, hashAlgorithm: 1 as const })),
);
const authority = v.pipe(
  exactObject({
    subject: exactObject({ organization: v.string(), commonName: v.string() }),
    uri: v.exactOptional(v.string(), ''),
    certChain: exactObject({
      certificates: v.pipe(
        boundedList(exactObject({ rawBytes: bytes }), trustedChainMax),
        v.minLength(1, 'is empty'),
      ),
    }),
    validFor,
    operator: v.exactOptional(v.string(), ''),
  }),
);

const rootShape = exactObject({
  mediaType: v.picklist(
    [
      'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      'application/vnd.dev.sigstore.trustedroot.v0.2+json',
    ],
    'is not the media type of a trusted root',
  ),
  tlogs: boundedList(log, trustedAuthoritiesMax),
  certificateAuthorities: boundedList(authority, trustedAuthoritiesMax),
  ctlogs: boundedList(log, trustedAuthoritiesMax),
  timestampAuthorities: v.exactOptional(boundedList(authority, trustedAuthoritiesMax), []),
});
