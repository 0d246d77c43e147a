/**
 * Decides in which registry a statement counts. Identity statements, scans, approvals, verification
 * summaries and revocations name the registry that they were signed for, so they cannot be replayed
 * in another one. Publications and provenance name none, because mirrors and imports pass them on.
 */
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { predicateTypes, type Statement } from '../statement/attestation.ts';
import type { LoggedStatement } from './identity/identities.ts';
import { type RootFile, rootFingerprint } from './root.ts';

/**
 * What statements name: the fingerprint of the registry's first root file, which rotations do not
 * change.
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
 * Makes a function that says why a logged statement does not count in this registry; undefined when
 * it counts.
 */
export function whyForeignIn(
  root: RootFile,
): (one: Pick<LoggedStatement, 'statement' | 'logIndex'>) => string | undefined {
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

/**
 * Rejects a new statement that does not name this registry. One without a name is rejected too: it
 * may have been signed for another registry before statements had to name theirs.
 * @throws Problem `other-registry`
 */
export function requireOwnRegistry(root: RootFile, statement: Statement): void {
  if (!isBound(statement)) return;
  const own = registryIdOf(root);
  const { registry } = statement.predicate;
  if (registry === own) return;
  const why =
    registry === undefined ? 'names no registry' : `was signed for the registry ${registry}`;
  throw new Problem(
    'other-registry',
    `Cannot take the statement: it ${why}, and this registry is ${own}`,
  );
}

// Older root files do not say up to which index unnamed statements count. All of them count until
// the next rotation, which records the last index.
function unnamedUpToOf({ unnamedUpTo, tuf }: RootFile): number {
  return unnamedUpTo ?? (tuf === undefined ? Number.POSITIVE_INFINITY : -1);
}
