/** Rejects new statements that were signed for another registry. */
import { Problem } from '../../skill/problem.ts';
import type { Statement } from '../../statement/attestation.ts';
import type { RootFile } from '../root/root.ts';
import { isBound, registryIdOf } from './own-registry.ts';

/**
 * Rejects a new statement that does not name this registry. A statement that names no registry is
 * rejected, too: it may have been signed for another registry before statements had to name a
 * registry.
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
