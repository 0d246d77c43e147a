/**
 * The root file has the few keys from which all other trust derives. Clients pin the root file by
 * its fingerprint.
 */
import * as v from 'valibot';
import { isHostName } from '../../network/host-name.ts';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skill/shape.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import {
  base64,
  digest,
  isEd25519Spki,
  isP256Spki,
  logIndex,
  type Shape,
} from '../../statement/field-shapes.ts';

const rootAdministratorsMax = 20;

export const rootBytesMax = 64 * 1024;

const rootRetiredMax = 100;

const rootThresholdsMax = 100;

/** A key of the root file, as SPKI DER in base64. */
export interface RootKey {
  readonly key: string;
}

const rootOffices = ['log', 'registry', 'status', 'administrator'] as const;
export type RootRole = (typeof rootOffices)[number];

/** A former key of the root file. Signatures of a retired key count up to a log index. */
export interface RetiredKey extends RootKey {
  readonly role: RootRole;
  /**
   * The last log index at which the retired key counts. For a key of the log, the last index that
   * the key's checkpoints may include.
   */
  readonly validUpTo: number;
}

/** A threshold of an earlier root file, for votes up to a log index. */
interface EarlierThreshold {
  readonly threshold: number;
  /** The last log index at which the earlier threshold counts. */
  readonly validUpTo: number;
}

export interface RootFile {
  readonly schema: 'skillgate.root/1';
  /** The registry's name: a bare host name, or `localhost`. */
  readonly origin: string;
  /** The log's Ed25519 key, which signs checkpoints. */
  readonly log: RootKey;
  /** The registry's P-256 key that signs status.json. */
  readonly status: RootKey;
  /** The registry's P-256 key that signs verification summaries and automatic suspensions. */
  readonly registry: RootKey;
  /** The P-256 keys of the administrators. */
  readonly administrators: readonly { readonly keyId: Digest; readonly key: string }[];
  /** How many administrators together may change a scope's owners. */
  readonly threshold: number;
  /**
   * Earlier thresholds, oldest first. Without earlier thresholds, a new threshold would undo
   * earlier agreements or make a lone earlier vote sufficient.
   */
  readonly thresholds?: readonly EarlierThreshold[];
  /** Keys of earlier root files, by role. */
  readonly retired?: readonly RetiredKey[];
  /**
   * Whether the registry has had TUF metadata from its first day. From such a registry, a client
   * rejects answers without TUF metadata.
   */
  readonly tuf?: 1;
  /**
   * Fingerprint of the registry's first root file, by which statements name the registry; absent in
   * the first root file itself.
   */
  readonly first?: Digest;
  /**
   * The last log index at which a statement without a registry name counts. When absent, no such
   * statement counts if the root file has `tuf`; otherwise all such statements count.
   */
  readonly unnamedUpTo?: number;
}

const p256 = v.pipe(
  base64,
  v.check((text) => isP256Spki(spkiOf({ key: text })), 'is not a P-256 key (SPKI DER in base64)'),
);
const ed25519 = v.pipe(
  base64,
  v.check(
    (text) => isEd25519Spki(spkiOf({ key: text })),
    'is not an Ed25519 key (SPKI DER in base64)',
  ),
);

const retiredKey: Shape<RetiredKey> = v.variant('role', [
  exactObject({ role: v.literal('log'), key: ed25519, validUpTo: logIndex }),
  exactObject({
    role: v.picklist(['registry', 'status', 'administrator']),
    key: p256,
    validUpTo: logIndex,
  }),
]);

const thresholdNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(1, 'is less than 1'));

const rootShape: Shape<RootFile> = v.pipe(
  exactObject({
    schema: v.literal('skillgate.root/1'),
    origin: v.pipe(
      v.string(),
      v.check((text) => text === 'localhost' || isHostName(text), 'is not a bare host name'),
    ),
    log: exactObject({ key: ed25519 }),
    status: exactObject({ key: p256 }),
    registry: exactObject({ key: p256 }),
    administrators: v.pipe(
      boundedList(
        v.pipe(
          exactObject({ keyId: digest, key: p256 }),
          v.check(
            (one) => rootKeyId(one) === one.keyId,
            'has a keyId that is not the digest of its key',
          ),
        ),
        rootAdministratorsMax,
        'is too long',
      ),
      v.minLength(1, 'is empty'),
    ),
    threshold: thresholdNumber,
    thresholds: v.exactOptional(
      v.pipe(
        boundedList(
          exactObject({ threshold: thresholdNumber, validUpTo: logIndex }),
          rootThresholdsMax,
          'is too long',
        ),
        v.check(
          (list) => list.every((one, at) => one.validUpTo > (list[at - 1]?.validUpTo ?? -1)),
          'is not in log order',
        ),
      ),
    ),
    retired: v.exactOptional(boundedList(retiredKey, rootRetiredMax, 'is too long')),
    tuf: v.exactOptional(v.literal(1)),
    first: v.exactOptional(digest),
    unnamedUpTo: v.exactOptional(logIndex),
  }),
  // Only the administrators' signatures in the TUF metadata prove which root file was first.
  // Without these signatures, a registry could name the first root file of another registry.
  v.check(
    ({ first, tuf }) => first === undefined || tuf === 1,
    'names a first root file, and no TUF metadata (tuf) to prove it',
  ),
  v.check(
    (root) => root.threshold <= root.administrators.length,
    'has a threshold above the number of administrators',
  ),
  // The holder of a key in two roles could act in both roles. A present key that is also
  // retired would never end.
  v.check((root) => {
    const keys = [
      root.log,
      root.status,
      root.registry,
      ...root.administrators,
      ...(root.retired ?? []),
    ].map((one) => one.key);
    return new Set(keys).size === keys.length;
  }, 'names one key for two roles, or a key that counts as retired'),
);

/**
 * Parses a root file strictly.
 * @throws Problem `root-invalid`, `json-invalid`
 */
export function parseRoot(content: Uint8Array | string): RootFile {
  if (content.length > rootBytesMax)
    throw new Problem('root-invalid', 'Cannot read the root file: it is too large');
  return parseShape(rootShape, parseJson(content, 'root.json'), 'root-invalid', 'the root file');
}

/**
 * The fingerprint of a root file that people compare and `--root` names: SHA-256 of the root file's
 * RFC 8785 form.
 */
export function rootFingerprint(root: RootFile): Digest {
  const known = fingerprints.get(root) ?? canonicalDigest(root);
  fingerprints.set(root, known);
  return known;
}

/** A slice of a stop asks for the fingerprint once for each version. */
const fingerprints = new WeakMap<RootFile, Digest>();

/** SPKI DER of a key of the root file. */
export function spkiOf(key: RootKey): Uint8Array {
  return Buffer.from(key.key, 'base64');
}

/** Key id of a key of the root file. */
export function rootKeyId(key: RootKey): Digest {
  return digestOf(spkiOf(key));
}
