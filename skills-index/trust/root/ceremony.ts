/**
 * Finds the administrators who still have to sign the offline part of a TUF repository. Each TUF
 * root needs the threshold of the previous root and its own threshold.
 */
import { type Digest, digestOf } from '../../skill/digest.ts';
import type { Signer } from '../../statement/sign.ts';
import { spkiOfTuf, type TufMetadata, type TufRole, type TufRoot, tufKeyOf } from './metadata.ts';
import { lastRootOf, type TufRepository } from './repository.ts';
import { signTuf, tufSignersOf } from './signature.ts';

/** The signatures that a TUF role still lacks. */
export interface MissingSignatures {
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
