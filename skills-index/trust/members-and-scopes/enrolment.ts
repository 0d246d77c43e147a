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
  /** The enrolments by each of their ids, because a search through all takes too long. */
  readonly #by = new Map<string, Enrolment[]>();
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
    const enrolment = { of, ids, name, roles, from, ...more };
    this.#all.push(enrolment);
    for (const id of ids) this.#by.set(id, [...this.#with(id), enrolment]);
  }

  at(of: string, at: number): Enrolment | undefined {
    return this.#with(of).findLast(
      (one) => one.of === of && one.from < at && this.#ends.membershipCounts(of, one.from, at),
    );
  }

  keysNamed(name: string): Digest[] {
    return this.#idsNamed(name, ({ passkey }) => passkey === undefined).map((id) => id as Digest);
  }

  passkeysNamed(name: string): string[] {
    return this.#idsNamed(name, ({ passkey }) => passkey !== undefined);
  }

  #with(id: string): Enrolment[] {
    return this.#by.get(id) ?? [];
  }

  #idsNamed(name: string, isOfKind: (one: Enrolment) => boolean): string[] {
    const named = this.#all.filter((one) => one.name === name && isOfKind(one));
    return [...new Set(named.map(({ of }) => of))];
  }

  namesOf(identity: Digest): ReadonlySet<string> {
    return new Set(this.#with(identity).map((one) => one.name));
  }

  /**
   * Whether a member still has every role that the same key or passkey ever had. A member with
   * fewer roles cannot retract statements made in a lost role.
   */
  hasEveryRole(of: string, at: number): boolean {
    const now = this.at(of, at);
    return (
      now !== undefined &&
      this.#with(of).every(
        (one) => one.of !== of || one.roles.every((role) => now.roles.includes(role)),
      )
    );
  }
}
