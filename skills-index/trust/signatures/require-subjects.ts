/** Rejects a statement that is not about exactly one version. */

import { Problem } from '../../skill/problem.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import {
  type Statement,
  type Subject,
  type VersionSubject,
  versionSubjects,
} from '../../statement/attestation.ts';

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
