/**
 * A secret is a value that the egress proxy adds to requests, only for the hosts to which the
 * secret is bound. No sandbox sees a secret's value. runner/secret-sources/ stores and reads the
 * values.
 */
import { randomBytes } from 'node:crypto';
import { placeOfAddress } from '../../skills-index/run/egress/egress-judge.ts';
import { type BoundPlaceholder, fitsPath } from '../../skills-index/run/egress/secret-use.ts';
import type { PlannedEgress, PlannedSecret } from '../../skills-index/run/plan/plan.ts';
import type { SecretEntry } from '../../skills-index/run/plan/plan-input.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { placeholderFor } from './placeholder.ts';

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

/** The secrets of one run: what stands for them in the sandbox, and their values. */
interface BoundSecrets {
  readonly placeholders: readonly BoundPlaceholder[];
  /** What takes the place of a placeholder: of an `address`, the part behind its prefix. */
  readonly reveal: (name: string) => string;
}

/**
 * Fetches the values of a plan's secrets, and makes a placeholder for each.
 * @throws Problem as `reveal` does, and `secret-refused` for a value that does not have the form of
 * its use: an AWS key pair, a part of a path, an address that the plan reaches
 */
export async function bindSecrets(
  {
    egress,
    secrets,
  }: { readonly egress: readonly PlannedEgress[]; readonly secrets: readonly PlannedSecret[] },
  from?: Secrets,
): Promise<BoundSecrets> {
  const bound = await Promise.all(
    secrets.map(async (secret) => ({
      ...secret,
      placeholder: placeholderFor(randomBytes(16)),
      ...usable(secret, (await from?.reveal(secret.name)) ?? '', egress),
    })),
  );
  const values = new Map(bound.map(({ name, value }) => [name, value]));
  return {
    placeholders: bound.map(({ value: _, ...placeholder }) => placeholder),
    reveal: (name) => values.get(name) ?? '',
  };
}

function usable(
  { as, hosts, name }: PlannedSecret,
  value: string,
  egress: readonly PlannedEgress[],
): Partial<Pick<BoundPlaceholder, 'hosts' | 'prefix'>> & { readonly value: string } {
  const refuse = (what: string, hint: string): never => {
    throw new Problem('secret-refused', `Cannot use secret ${name}: its value ${what}`, { hint });
  };
  if (as === 'address')
    return (
      placeOfAddress(value, hosts, egress) ??
      refuse(
        'is no address that the plan allows',
        `The value must be an address of ${hosts.join(' or ')}, below an egress of the plan that ends with *.`,
      )
    );
  if (as === 'path' && !fitsPath(value))
    return refuse(
      'does not fit into a path',
      "The value must have letters, digits and ._~:@!$&'()*+,=- alone.",
    );
  if (as === 'sigv4' && !/^[^:]+:[^:]+(:[^:]+)?$/.test(value))
    return refuse(
      'is not an AWS key',
      'The value must be ACCESS_KEY_ID:SECRET_ACCESS_KEY, or ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN.',
    );
  return { value };
}
