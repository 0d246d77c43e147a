/** Rejects new statements that were signed for another registry. */
import { Problem } from '../../skill/problem.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import {
  type Statement,
  type Subject,
  type VersionSubject,
  versionSubjects,
} from '../../statement/attestation.ts';
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

// Rejects a statement that is not about exactly one version.

/**
 * Requires that a statement has exactly the subjects of this version, in the order of the bundle.
 * @throws Problem `subject-mismatch`
 */
export function requireSubjects(
  statement: Statement,
  about: VersionSubject | readonly Subject[],
): void {
  const expected = 'bundle' in about ? versionSubjects(about) : about;
  if (canonicalJson(expected) === canonicalJson(statement.subject)) return;
  const names = statement.subject.slice(0, 3).map((subject) => subject.name);
  throw new Problem(
    'subject-mismatch',
    `The statement's ${statement.subject.length} subjects (${names.join(', ')} …) are not the ${expected.length} of this version`,
  );
}
