/**
 * A secret is a value that the egress proxy adds to requests, only for the hosts to which the
 * secret is bound. No sandbox sees a secret's value. runner/secret-sources/ stores and reads the
 * values.
 */

import type { PlannedSecret } from '../../skills-index/run/plan/plan.ts';
import type { SecretEntry } from '../../skills-index/run/plan/plan-input.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

/**
 * The secrets that a run may use, without their values. `reveal` fetches the value of a secret once
 * a plan needs the value.
 */
export interface Secrets {
  readonly entries: readonly SecretEntry[];
  /**
   * @throws Problem `secret-refused`, `keychain-missing` when the source of a secret is late or
   * returns an invalid value
   */
  readonly reveal: (name: string) => Promise<string>;
}

/**
 * Fetches the values of a plan's secrets, by name.
 * @throws Problem as `reveal` does, and `secret-refused` for an AWS secret that is not a key pair
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
  const hint =
    'The value must be ACCESS_KEY_ID:SECRET_ACCESS_KEY, or ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN.';
  throw new Problem(
    'secret-refused',
    `Cannot use secret ${wrong.name}: its value is not an AWS key`,
    { hint },
  );
}
