/**
 * Which registry a statement counts in. A statement about who is who, a scan, an approval, a
 * verdict and a revocation name the registry that they were signed for, so that nobody posts them
 * to another one. Publications and provenance name none: mirrors and imports carry them on.
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

/** Makes the judge of one registry: why a logged statement does not count there, or undefined. */
export function judgeOfRegistry(
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
 * Refuses a new statement that is not for this registry. One that names none is refused also where
 * older ones count: a stranger would post what was signed for another registry before statements
 * named theirs.
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

// Root files that were made before statements named their registry say nothing of it: all that
// their logs hold counts on until the next rotation, which names the last index.
function unnamedUpToOf({ unnamedUpTo, tuf }: RootFile): number {
  return unnamedUpTo ?? (tuf === undefined ? Number.POSITIVE_INFINITY : -1);
}
