/**
 * A secret is a value that the egress proxy adds to requests, only for the hosts to which the
 * secret is bound. No sandbox sees a secret's value. runner/secret-sources/ stores and reads the
 * values.
 */
import { randomBytes } from 'node:crypto';
import { coversHost } from '../../skills-index/network/host-name.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import type { Denial } from '../../skills-index/run/egress/denial.ts';
import { placeOfAddress } from '../../skills-index/run/egress/egress-judge.ts';
import {
  type BoundPlaceholder,
  echoedParts,
  fitsPath,
} from '../../skills-index/run/egress/secret-use.ts';
import type { KnownValue } from '../../skills-index/run/leaks/redaction.ts';
import type { PlannedEgress, PlannedSecret } from '../../skills-index/run/plan/plan.ts';
import type { SecretEntry } from '../../skills-index/run/plan/plan-input.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { placeholderFor } from './placeholder.ts';

/**
 * A value that ends is renewed when this part of its life is left, or these milliseconds where that
 * is later: a request under way must not outlive it.
 */
const marginPart = 1 / 4;
const marginMillisMax = 5 * 60_000;

/** After a failure, requests do not ask the service again for so long. */
const retryMillis = 5_000;

/**
 * Earlier values that are still redacted: a service whose clock is slow takes them beyond their
 * end. More of them would slow every answer.
 */
const earlierMillisMax = 60 * 60_000;
const knownPerSecretMax = 16;

/**
 * The secrets that a run may use, without their values. `reveal` fetches the value of a secret once
 * a plan needs the value, and again before that value ends.
 */
export interface Secrets {
  readonly entries: readonly SecretEntry[];
  /**
   * @throws Problem `secret-refused`, `keychain-missing` when the source of a secret is late or
   * returns an invalid value
   */
  readonly reveal: (name: string) => Promise<RevealedSecret>;
}

export interface RevealedSecret {
  readonly value: string;
  /** Milliseconds since 1970; absent for a value without an end. */
  readonly expires?: number;
}

/** The values of a run's secrets, which may change while it runs. */
export interface SecretValues {
  /**
   * What now takes the place of a placeholder: of an `address`, the part behind its prefix.
   * @throws an error whose `code` is a `Denial` when the value has ended and there is no new one
   */
  readonly reveal: (name: string) => Promise<string>;
  /** What a response must not echo: the same array until a value changes. */
  readonly known: () => readonly KnownValue[];
}

/** The secrets of one run: what stands for them in the sandbox, and their values. */
interface BoundSecrets extends SecretValues {
  readonly placeholders: readonly BoundPlaceholder[];
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
  record: (event: AuditEvent) => void = () => undefined,
): Promise<BoundSecrets> {
  let known: readonly KnownValue[] | undefined;
  const changed = (): void => {
    known = undefined;
  };
  const bound = await Promise.all(
    secrets.map((secret) => {
      const fetchValue = async (): Promise<EndingValue> => {
        const got = (await from?.reveal(secret.name)) ?? { value: '' };
        return { expires: Number.POSITIVE_INFINITY, ...got, ...usable(secret, got.value, egress) };
      };
      return bindSecret(secret, { fetchValue, changed, record });
    }),
  );
  return {
    placeholders: bound.map(({ placeholder }) => placeholder),
    reveal: async (name) =>
      (await bound.find(({ placeholder }) => placeholder.name === name)?.reveal()) ?? '',
    known: () => {
      known ??= bound.flatMap(({ placeholder: { as, name, placeholder }, values }) =>
        values()
          .flatMap(({ value }) => echoedParts({ as }, value))
          .map((value) => ({ name, placeholder, value })),
      );
      return known;
    },
  };
}

interface UsableValue extends Partial<Pick<BoundPlaceholder, 'hosts' | 'prefix'>> {
  readonly value: string;
}

interface EndingValue extends UsableValue {
  readonly expires: number;
}

interface BoundSecret {
  readonly placeholder: BoundPlaceholder;
  /** The newest first. */
  readonly values: () => readonly EndingValue[];
  readonly reveal: () => Promise<string>;
}

/** Fetches the value of one secret now, and again when a request needs it near its end. */
async function bindSecret(
  secret: PlannedSecret,
  on: {
    readonly fetchValue: () => Promise<EndingValue>;
    readonly changed: () => void;
    readonly record: (event: AuditEvent) => void;
  },
): Promise<BoundSecret> {
  let values: readonly EndingValue[] = [];
  let renewAt = 0;
  const renew = async (): Promise<EndingValue> => {
    const next = await on.fetchValue();
    const now = Date.now();
    if (next.prefix !== (values[0] ?? next).prefix)
      throw new Error('its new value is an address of another place');
    const earlier = values.filter(({ expires }) => expires > now - earlierMillisMax);
    values = [next, ...earlier].slice(0, knownPerSecretMax);
    on.changed();
    const left = next.expires - now;
    renewAt = next.expires - Math.min(left * marginPart, marginMillisMax);
    if (left < Number.POSITIVE_INFINITY) on.record({ event: 'mint', secret: secret.name, why: '' });
    return next;
  };
  const { expires: _, value: __, ...place } = await renew();
  // All requests wait for the same answer: a service may end a token when it gives another.
  let renewing: Promise<void> | undefined;
  const renewOnce = (): Promise<void> => {
    renewing ??= renew()
      .then(
        () => undefined,
        ({ message }: Error) => {
          renewAt = Date.now() + retryMillis;
          on.record({ event: 'mint', secret: secret.name, why: message });
        },
      )
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  return {
    placeholder: { ...secret, placeholder: placeholderFor(randomBytes(16)), ...place },
    values: () => values,
    reveal: async () => {
      if (Date.now() >= renewAt) await renewOnce();
      const [newest] = values;
      if (newest !== undefined && newest.expires > Date.now()) return newest.value;
      const code: Denial = 'secret-expired';
      throw Object.assign(new Error(code), { code });
    },
  };
}

function openAddresses(hosts: readonly string[], egress: readonly PlannedEgress[]): string[] {
  return egress
    .filter(({ host, path }) => path.endsWith('*') && hosts.some((one) => coversHost(host, one)))
    .map(({ host, path, scheme }) => `${scheme}://${host}${path.slice(0, -1)}`);
}

function usable(
  { as, hosts, name }: PlannedSecret,
  value: string,
  egress: readonly PlannedEgress[],
): UsableValue {
  const refuse = (what: string, hint: string): never => {
    throw new Problem('secret-refused', `Cannot use secret ${name}: its value ${what}`, { hint });
  };
  if (as === 'address')
    return (
      placeOfAddress(value, hosts, egress) ??
      refuse(
        'is no address that the plan allows',
        `The value must begin with ${openAddresses(hosts, egress).join(' or ') || 'an address of an egress that ends with *; the skill declares none for the hosts of the secret'}`,
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
