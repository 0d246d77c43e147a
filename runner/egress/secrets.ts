/**
 * A secret is a value that the egress proxy adds to requests, only for the hosts to which the
 * secret is bound. No sandbox sees a secret's value. runner/secret-sources/ stores and reads the
 * values.
 */

import { fitsPath } from '../../skills-index/run/egress/secret-use.ts';
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
 * @throws Problem as `reveal` does, and `secret-refused` for an AWS secret that is not a key pair,
 * or a value that fits into no path
 */
export async function revealAll(
  planned: readonly PlannedSecret[],
  secrets?: Secrets,
): Promise<ReadonlyMap<string, string>> {
  const values = await Promise.all(
    planned.map(async ({ name }) => [name, (await secrets?.reveal(name)) ?? ''] as const),
  );
  const byName = new Map(values);
  for (const { as, name } of planned) {
    const value = byName.get(name) ?? '';
    const [isWrong, what, hint] =
      as === 'sigv4'
        ? [
            !/^[^:]+:[^:]+(:[^:]+)?$/.test(value),
            'is not an AWS key',
            'The value must be ACCESS_KEY_ID:SECRET_ACCESS_KEY, or ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN.',
          ]
        : [
            as === 'path' && !fitsPath(value),
            'does not fit into a path',
            "The value must have letters, digits and ._~:@!$&'()*+,=- alone.",
          ];
    if (isWrong)
      throw new Problem('secret-refused', `Cannot use secret ${name}: its value ${what}`, { hint });
  }
  return byName;
}
