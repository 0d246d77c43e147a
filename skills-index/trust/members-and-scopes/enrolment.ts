/** The keys and passkeys that administrators enrolled for members. */
import type { Digest } from '../../skill/digest.ts';
import type { EnrolledPasskey, MemberPredicate } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { KnownEnds } from './ends.ts';
import type { Member } from './identities.ts';

/**
 * One enrolment of a key or passkey. A later enrolment of the same key or passkey replaces an
 * earlier enrolment.
 */
interface Enrolment extends Member {
  /** Id of the enrolled key, or credential id of the enrolled passkey. */
  readonly of: string;
  readonly from: number;
  readonly passkey?: EnrolledPasskey;
  /** Id of the enrolled key or passkey, and the ids of the member's identities at OIDC issuers. */
  readonly ids: readonly string[];
}

/**
 * Enrolments in log order. Enrolments whose membership ended are filtered out by the known ends.
 */
export class Enrolments {
  readonly #all: Enrolment[] = [];
  readonly #ends: KnownEnds;

  constructor(ends: KnownEnds) {
    this.#ends = ends;
  }

  add({ name, roles, identities, passkey }: MemberPredicate, of: string, from: number): void {
    const more = {
      ...(identities === undefined ? {} : { identities }),
      ...(passkey === undefined ? {} : { passkey }),
    };
    const ids = [of as Digest, ...(identities ?? []).map(identityId)];
    this.#all.push({ of, ids, name, roles, from, ...more });
  }

  at(of: string, at: number): Enrolment | undefined {
    return this.#all.findLast(
      (one) => one.of === of && one.from < at && this.#ends.membershipCounts(of, one.from, at),
    );
  }

  keysNamed(name: string): Digest[] {
    return this.#idsNamed(name, ({ passkey }) => passkey === undefined).map((id) => id as Digest);
  }

  passkeysNamed(name: string): string[] {
    return this.#idsNamed(name, ({ passkey }) => passkey !== undefined);
  }

  #idsNamed(name: string, isOfKind: (one: Enrolment) => boolean): string[] {
    const named = this.#all.filter((one) => one.name === name && isOfKind(one));
    return [...new Set(named.map(({ of }) => of))];
  }

  namesOf(identity: Digest): ReadonlySet<string> {
    return new Set(this.#all.filter((one) => one.ids.includes(identity)).map((one) => one.name));
  }

  /**
   * Whether a member still has every role that the same key or passkey ever had. A member with
   * fewer roles cannot retract statements made in a lost role.
   */
  hasEveryRole(of: string, at: number): boolean {
    const now = this.at(of, at);
    return (
      now !== undefined &&
      this.#all.every((one) => one.of !== of || one.roles.every((role) => now.roles.includes(role)))
    );
  }
}
