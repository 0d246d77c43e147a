/**
 * Secrets: values that the egress proxy adds to requests to the hosts they are bound to. No sandbox
 * sees them. runner/secret-sources/ holds the store and reads the values.
 */

import type { PlannedSecret } from '../../skills-index/run/plan/plan.ts';
import type { SecretEntry } from '../../skills-index/run/plan/plan-input.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

/** What a run may use. No value is in it: each is asked for when a plan that may start needs it. */
export interface Secrets {
  readonly entries: readonly SecretEntry[];
  /**
   * @throws Problem `secret-refused`, `keychain-missing` when its source does not answer in time or
   * not in form
   */
  readonly reveal: (name: string) => Promise<string>;
}

/**
 * The values of a plan's secrets by name. @throws Problem as `reveal` does, and for a value that is
 * not of the form of its use
 */
export async function revealAll(
  planned: readonly PlannedSecret[],
  secrets?: Secrets,
): Promise<ReadonlyMap<string, string>> {
  const values = await Promise.all(
    planned.map(async ({ name }) => [name, (await secrets?.reveal(name)) ?? ''] as const),
  );
  const byName = new Map(values);
  const wrong = planned.find(
    ({ as, name }) => as === 'sigv4' && !/^[^:]+:[^:]+(:[^:]+)?$/.test(byName.get(name) ?? ''),
  );
  if (wrong === undefined) return byName;
  const hint = 'Its value is ACCESS_KEY_ID:SECRET_ACCESS_KEY, or these two and :SESSION_TOKEN.';
  throw new Problem(
    'secret-refused',
    `Cannot use secret ${wrong.name}: its value is no key of AWS`,
    { hint },
  );
}
