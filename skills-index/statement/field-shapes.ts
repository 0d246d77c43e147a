/** Shapes of fields that statements and scan reports share. */
import * as v from 'valibot';
import { type BundlePath, isBundlePath } from '../skill/bundle-path.ts';
import {
  type Capabilities,
  type PackageCapability,
  type SecretUse,
  unnamedUses,
} from '../skill/capability.ts';
import { type Digest, digestOf, isDigest } from '../skill/digest.ts';
import { ecosystems, houseWord, isPackageName, normalPackageName } from '../skill/ecosystem.ts';
import { parseEgressUrl } from '../skill/egress-target.ts';
import { isPackageVersion } from '../skill/manifest-packages.ts';
import { parseScope, parseSkillName, type Scope, type SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import { boundedList, exactObject } from '../skill/shape.ts';
import { parseVersion, type Version } from '../skill/version.ts';

const memberNameCharsMax = 128;

/**
 * Maximum number of capabilities of one kind, hosts of one secret, or methods of one request, as a
 * scanner observes them.
 */
const observedCapabilitiesMax = 2_000;

export const reasonCharsMax = 4_000;

// Checks that base64 text has its only canonical form: no white space, exact padding, unused bits
// zero.

/** Whether text is standard base64 (RFC 4648 §4) in canonical form. */
export function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

/** Whether text is unpadded base64url (RFC 4648 §5) in canonical form. */
function isBase64url(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

// Checks points of the curve P-256 (SEC 2 §2.4.2, FIPS 186-4 D.1.2.3).

const prime = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/**
 * Whether 64 bytes, x and y, are a point on the curve P-256: y² = x³ − 3x + b, with x and y below
 * the prime (SEC 1 §3.2.2.1). Every point on the curve is a public key. Libraries fail in different
 * ways on a key off the curve, so such a key is rejected before any library reads the key.
 */
export function isOnP256(point: Uint8Array): boolean {
  const x = numberOf(point.subarray(0, 32));
  const y = numberOf(point.subarray(32));
  return (
    point.byteLength === 64 &&
    x < prime &&
    y < prime &&
    (y * y - x * x * x + 3n * x - b) % prime === 0n
  );
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
}

/** A shape that parses untrusted input into a known output type. */
export type Shape<Output> = v.GenericSchema<unknown, Output>;

export const digest = v.custom<Digest>(isDigest, 'is not a digest such as "sha256:…"');
export const hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'is not 64 hexadecimal digits'));
export const skillName = v.custom<SkillName>(
  (text) => parses(parseSkillName, text),
  'is not a skill name',
);
export const version = v.custom<Version>((text) => parses(parseVersion, text), 'is not a version');
export const scope = v.custom<Scope>(
  (text) => parses(parseScope, text) && !String(text).startsWith('@'),
  'is not a scope without its @',
);
export const bundlePath = v.custom<BundlePath>(
  (text) => typeof text === 'string' && isBundlePath(text),
  'is not a path inside a skill',
);
export const base64 = v.pipe(v.string(), v.check(isBase64, 'is not base64 in its one form'));
export const base64url = v.pipe(
  v.string(),
  v.minLength(1, 'is empty'),
  v.check(isBase64url, 'is not base64url without padding'),
);
export const logIndex = v.pipe(
  v.number(),
  v.safeInteger('is not a log index'),
  v.minValue(0, 'is not a log index'),
);

/**
 * Text for people. The text is not empty, and has no control characters but line feeds. The text
 * also has no characters that change the writing direction.
 */
export const reason = v.pipe(
  v.string(),
  v.maxLength(reasonCharsMax, `is longer than ${reasonCharsMax} characters`),
  v.check((text) => text.trim() !== '', 'is empty'),
  v.check(
    (text) => !/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u.test(text),
    'has control or invisible characters',
  ),
);

/**
 * A member's name on one line, in the form in which names are shown and compared: no spaces at the
 * name's ends, Unicode form NFKC.
 */
export const memberName = v.pipe(
  v.string(),
  v.minLength(1, 'is empty'),
  v.maxLength(memberNameCharsMax, `is longer than ${memberNameCharsMax} characters`),
  v.check(
    (text) => text.trim() === text && text.normalize('NFKC') === text,
    'has spaces at its ends or compatibility characters',
  ),
  v.check((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text), 'has control or invisible characters'),
);

/** A time in ISO 8601, in the form that `Date.toISOString` writes. */
export const isoTime = v.pipe(
  v.string(),
  v.check(
    (text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text,
    'is not a time such as "2026-01-31T12:00:00.000Z"',
  ),
);

// The SPKI DER of an uncompressed P-256 point (RFC 5480) consists of these bytes and the point.
const p256Prefix = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

/**
 * Whether bytes are the SPKI DER of a P-256 key in the canonical form. The key's point must lie on
 * the curve.
 */
export function isP256Spki(spki: Uint8Array): boolean {
  const isPrefixed =
    spki.byteLength === p256Prefix.byteLength + 64 &&
    p256Prefix.equals(spki.subarray(0, p256Prefix.byteLength));
  return isPrefixed && isOnP256(spki.subarray(p256Prefix.byteLength));
}

// The SPKI DER of an Ed25519 key (RFC 8410) consists of these bytes and the 32 bytes of the key.
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

/** Whether bytes are the SPKI DER of an Ed25519 key. */
export function isEd25519Spki(spki: Uint8Array): boolean {
  return spki.byteLength === 44 && ed25519Prefix.equals(spki.subarray(0, ed25519Prefix.byteLength));
}

export const publicKey = v.pipe(
  exactObject({
    keyId: digest,
    spki: v.pipe(
      base64,
      v.check(
        (text) => isP256Spki(Buffer.from(text, 'base64')),
        'is not a P-256 key (SPKI DER in base64)',
      ),
    ),
  }),
  v.check(
    (key) => digestOf(Buffer.from(key.spki, 'base64')) === key.keyId,
    'has a keyId that is not the digest of its key',
  ),
);

const why = v.exactOptional(v.string());
const text = v.pipe(v.string(), v.minLength(1, 'is empty'));
const listOf = <Output>(shape: Shape<Output>) =>
  boundedList(shape, observedCapabilitiesMax, 'is too long');

const mode = v.picklist(['ro', 'rw', 'cow'], 'is not "ro", "rw" or "cow"');
const folder = exactObject({
  source: text,
  target: text,
  mode,
  files: v.exactOptional(v.literal('arguments')),
  why,
});
const seenFolder = v.union(
  [folder, exactObject({ path: text, mode, why })],
  'is neither a source at a target nor a path',
);

const packageMembers = exactObject({
  ecosystem: v.picklist(ecosystems, 'is no ecosystem of packages'),
  name: text,
  version: v.exactOptional(v.string()),
  digest: v.exactOptional(digest),
  why,
});
const isNamed = ({ ecosystem, name }: PackageCapability): boolean =>
  name === '*' || (isPackageName(ecosystem, name) && normalPackageName(ecosystem, name) === name);

// A version has its digest. Only `*` and `house` have none, and every package has every version.
const isPinned = ({ name, version, digest: pin }: PackageCapability): boolean =>
  version === '*' || (version === houseWord && name !== '*')
    ? pin === undefined
    : name !== '*' && pin !== undefined && isPackageVersion(version ?? '');
const packageOf = v.pipe(
  packageMembers,
  v.check(isNamed, 'has no name of a package in its normal form'),
  v.check(isPinned, 'needs "version" with "digest", or the version "*" or "house"'),
);
const seenPackage = v.pipe(
  packageMembers,
  v.check(
    (one) =>
      (one.version === undefined && one.digest === undefined) || (isNamed(one) && isPinned(one)),
    'is neither a package of a lock nor the name of an import',
  ),
);

const secretUses = new RegExp(`^(${unnamedUses.join('|')}|(form|header|hmac|json|query):.+)$`);

const groups = <Mount>(mount: Shape<Mount>, packages: Shape<PackageCapability>) => ({
  env: listOf(exactObject({ name: text, why })),
  secret: listOf(
    exactObject({
      name: text,
      hosts: listOf(text),
      as: v.pipe(
        text,
        v.custom<SecretUse>((use) => secretUses.test(String(use)), 'is not a way to use a secret'),
      ),
      why,
    }),
  ),
  egress: listOf(
    exactObject({
      url: v.pipe(
        text,
        v.check((url) => parses(parseEgressUrl, url), 'is not an egress url'),
      ),
      methods: listOf(text),
      why,
    }),
  ),
  mount: listOf(mount),
  exec: listOf(exactObject({ program: text, why })),
  package: v.exactOptional(v.pipe(listOf(packages), v.minLength(1, 'is empty: leave it out'))),
});

/**
 * Grouped capabilities that may be granted, as in approvals, index lines, agents and ceilings. A
 * mount with an absolute `path` is not allowed.
 */
export const capabilities: Shape<Capabilities> = exactObject(groups(folder, packageOf));

/**
 * Capabilities in scan reports. Mounts with an absolute `path`, which only a scanner observes, are
 *  allowed, and so are packages without a version. The groups but `package` must be present.
 */
export const seenCapabilities: Shape<Capabilities> = exactObject(groups(seenFolder, seenPackage));

/** Whether a parser accepts the value without throwing. */
export function parses<Input>(parse: (input: Input) => unknown, value: Input): boolean {
  try {
    parse(value);
    return true;
  } catch (cause) {
    if (cause instanceof Problem) return false;
    throw cause;
  }
}
