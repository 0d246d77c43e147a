/**
 * Decides in which registry a statement counts. Identity statements, scans, approvals, verification
 * summaries and revocations name the registry that they were signed for, so nobody can replay them
 * in another registry. Publications and provenance name no registry, because mirrors and imports
 * pass them on.
 */
import type { Digest } from '../../skill/digest.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import type { LoggedStatement } from '../members-and-scopes/identities.ts';
import { type RootFile, rootFingerprint } from '../root/root.ts';

/**
 * The id by which statements name a registry: the fingerprint of the registry's first root file. No
 * rotation of keys changes this id.
 */
export function registryIdOf(root: RootFile): Digest {
  return root.first ?? rootFingerprint(root);
}

/** Whether a statement counts in one registry only. */
export function isBound(statement: Statement): statement is BoundStatement {
  const { publish, provenance } = predicateTypes;
  return statement.predicateType !== publish && statement.predicateType !== provenance;
}

type BoundStatement = Exclude<
  Statement,
  | { predicateType: (typeof predicateTypes)['publish'] }
  | { predicateType: (typeof predicateTypes)['provenance'] }
>;

/**
 * Returns a function for one registry. The function says why a logged statement does not count in
 * that registry; undefined for a statement that counts.
 */
export function whyForeignIn(
  root: RootFile,
): (logged: Pick<LoggedStatement, 'statement' | 'logIndex'>) => string | undefined {
  const own = registryIdOf(root);
  const unnamedUpTo = unnamedUpToOf(root);
  return ({ statement, logIndex }) => {
    if (!isBound(statement)) return undefined;
    const { registry } = statement.predicate;
    if (registry === own) return undefined;
    if (registry !== undefined) return `it was signed for the registry ${registry}`;
    return logIndex <= unnamedUpTo ? undefined : 'it names no registry';
  };
}

// Older root files do not say up to which log index statements without a registry name count. All
// such statements count until the next rotation, which records the last log index.
function unnamedUpToOf({ unnamedUpTo, tuf }: RootFile): number {
  return unnamedUpTo ?? (tuf === undefined ? Number.POSITIVE_INFINITY : -1);
}
