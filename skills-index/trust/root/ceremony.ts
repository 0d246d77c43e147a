/**
 * Finds the administrators who still have to sign the offline part of a TUF repository. Each TUF
 * root needs the threshold of the previous root and its own threshold.
 */

import { createPublicKey, verify } from 'node:crypto';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import type { Signer } from '../../statement/sign.ts';
import {
  olpcJson,
  spkiOfTuf,
  type TufKey,
  type TufMetadata,
  type TufRole,
  type TufRoot,
  type TufSignature,
  type TufSigned,
  tufKeyOf,
} from './metadata.ts';
import { lastRootOf, rootMismatches, type TufRepository } from './repository.ts';
import { type RetiredKey, type RootFile, rootKeyId } from './root.ts';
import { keysOfRole } from './root-role.ts';

/** The signatures that a TUF role still lacks. */
interface MissingSignatures {
  /** The role and the root that demands its signatures, such as `root 2, as root 1 demands`. */
  readonly what: string;
  /** Ids of the keys that have signed, as SHA-256 of the SPKI like every key id. */
  readonly signed: readonly Digest[];
  readonly couldSign: readonly Digest[];
  readonly lacking: number;
}

/** Every role of the document that lacks signatures; empty when the document is in force. */
export function missingSignatures(repository: TufRepository): MissingSignatures[] {
  const { roots, targets } = repository;
  const last = lastRootOf(repository);
  return [
    ...missingOnRoots(roots),
    ...missingOf(targets, last.signed, 'targets', `targets ${targets.signed.version}`),
  ];
}

/** The signatures that the TUF roots lack, from version 1 on. */
export function missingOnRoots(roots: TufRepository['roots']): MissingSignatures[] {
  return roots.flatMap((root, at) => {
    const before = roots[at - 1];
    const own = missingOf(root, root.signed, 'root', `root ${at + 1}`);
    const earlier =
      before === undefined
        ? []
        : missingOf(root, before.signed, 'root', `root ${at + 1}, as root ${at} demands`);
    return [...earlier, ...own];
  });
}

/**
 * Whether a key can sign the newest root: the key belongs to an administrator of the newest root or
 * of the previous root.
 */
export function maySign({ roots }: TufRepository, { publicKey }: Signer): boolean {
  const { keyid } = tufKeyOf(publicKey);
  return roots.slice(-2).some(({ signed }) => signed.roles.root.keyids.includes(keyid));
}

/** The document after one more administrator has signed the newest root and the targets. */
export async function signRepository(
  repository: TufRepository,
  signer: Signer,
): Promise<TufRepository> {
  const { keyid } = tufKeyOf(signer.publicKey);
  const last = lastRootOf(repository);
  const targetsToo = last.signed.roles.targets.keyids.includes(keyid);
  return {
    ...repository,
    roots: [...repository.roots.slice(0, -1), await signTuf(last, signer)],
    targets: targetsToo ? await signTuf(repository.targets, signer) : repository.targets,
  };
}

function missingOf(
  metadata: TufMetadata,
  by: TufRoot,
  roleName: 'root' | 'targets',
  what: string,
): MissingSignatures[] {
  const role: TufRole = by.roles[roleName];
  const signers = tufSignersOf(metadata, role, by.keys);
  const lacking = role.threshold - signers.length;
  if (lacking <= 0) return [];
  const others = role.keyids.filter((id) => !signers.includes(id));
  return [{ what, signed: keyIdsOf(signers, by), couldSign: keyIdsOf(others, by), lacking }];
}

function keyIdsOf(ids: readonly string[], { keys }: TufRoot): Digest[] {
  return ids.flatMap((id) => {
    const key = keys[id];
    return key === undefined ? [] : [digestOf(spkiOfTuf(key))];
  });
}

// Makes TUF signatures with a given signer, and counts valid TUF signatures of different keys.

/** The TUF metadata with one more signature, which replaces an older signature by the same key. */
export async function signTuf<Signed extends TufSigned>(
  { signed, signatures }: TufMetadata<Signed>,
  signer: Signer,
): Promise<TufMetadata<Signed>> {
  const { keyid } = tufKeyOf(signer.publicKey);
  const sig = Buffer.from(await signer.sign(Buffer.from(olpcJson(signed)))).toString('hex');
  const others = signatures.filter((one) => one.keyid !== keyid);
  return {
    signatures: [...others, { keyid, sig }].sort((a, b) => (a.keyid < b.keyid ? -1 : 1)),
    signed,
  };
}

/** Ids of a TUF role's keys whose signature on the metadata is valid, each id once. */
export function tufSignersOf(
  { signed, signatures }: TufMetadata,
  role: TufRole,
  keys: Readonly<Record<string, TufKey>>,
): readonly string[] {
  const holding = role.keyids.filter((keyid) =>
    signatures.some((one) => one.keyid === keyid && holdsOver(signed, one, keys)),
  );
  return [...new Set(holding)];
}

/** Whether a signature over this TUF metadata is valid under the key that the signature names. */
export function holdsOver(
  signed: TufSigned,
  { keyid, sig }: TufSignature,
  keys: Readonly<Record<string, TufKey>>,
): boolean {
  const key = Object.hasOwn(keys, keyid) ? keys[keyid] : undefined;
  return key !== undefined && holds(Buffer.from(olpcJson(signed)), key, sig);
}

/** The bytes under which TUF metadata is served; a snapshot names the digest of these bytes. */
export function tufBytes(metadata: TufMetadata): Uint8Array {
  return Buffer.from(canonicalJson(metadata));
}

function holds(bytes: Uint8Array, key: TufKey, sig: string): boolean {
  const publicKey = createPublicKey({
    key: Buffer.from(spkiOfTuf(key)),
    format: 'der',
    type: 'spki',
  });
  return verify('sha256', bytes, publicKey, Buffer.from(sig, 'hex'));
}

// Compares a root of trust with the earlier roots: which registry's root it is, and whether every
// retired key in it was once in office.

/** The facts that are known about the roots before a new root. */
interface EarlierRoots {
  readonly files: readonly RootFile[];
  /** The earlier TUF roots. A TUF root names only the administrators and the status key. */
  readonly chain: readonly TufRoot[];
  /** Whether the root file right before the new root file is known. */
  readonly isWhole: boolean;
}

/**
 * Whether a TUF root follows from a root file, and enough administrators of the root file signed
 * it.
 */
export function isSignedRootOf(root: TufMetadata<TufRoot>, file: RootFile): boolean {
  const { keys, roles } = root.signed;
  // Every part has to match the root file. An older TUF root with the same administrators would put
  // a replaced status key in office again.
  return (
    rootMismatches(root.signed, file).length === 0 &&
    tufSignersOf(root, roles.root, keys).length >= roles.root.threshold
  );
}

/**
 * Retired keys that no earlier root had in that role, or for which an earlier root had a lower
 * last log index. Such a key would hold the role up to whatever log index its entry has. Keys of
 * roles that the earlier roots do not show are not reported.
 */
export function strangersAmongRetired(
  { retired = [] }: RootFile,
  earlier: EarlierRoots,
): RetiredKey[] {
  return retired.filter((one) => {
    const ended = earlier.files
      .flatMap((file) => file.retired ?? [])
      .filter(({ key }) => key === one.key);
    if (ended.length > 0)
      return ended.some(({ role, validUpTo }) => role !== one.role || validUpTo < one.validUpTo);
    if (
      earlier.files.some((file) => heldRole(file, one)) ||
      earlier.chain.some((root) => isNamed(root, one))
    )
      return false;
    return earlier.isWhole || one.role === 'administrator' || one.role === 'status';
  });
}

/** The text that refuses a root because of such a retired key. */
export function describeForeignRetiredKey(one: RetiredKey): string {
  return `the new root says that ${one.role} key ${rootKeyId(one)} counts up to log index ${one.validUpTo}, but no earlier root gave the key this role that long`;
}

function heldRole(file: RootFile, { role, key }: RetiredKey): boolean {
  return keysOfRole(file, role).some((one) => one.validUpTo === undefined && one.key === key);
}

function isNamed({ roles, keys }: TufRoot, retired: RetiredKey): boolean {
  if (retired.role !== 'administrator' && retired.role !== 'status') return false;
  const { keyids } = retired.role === 'administrator' ? roles.root : roles.timestamp;
  return keyids.some(
    (id) => keys[id] !== undefined && digestOf(spkiOfTuf(keys[id])) === rootKeyId(retired),
  );
}
