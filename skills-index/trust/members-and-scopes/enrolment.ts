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
}

/**
 * Enrolments in log order. Enrolments whose membership ended are filtered out by the known ends.
 */
export class Enrolments {
  /**
   * The enrolments by key or passkey, by member name, and by every id of the member, each in log
   * order. A list of all enrolments would be searched once for each statement.
   */
  readonly #of = new Map<string, Enrolment[]>();
  readonly #named = new Map<string, Enrolment[]>();
  readonly #ids = new Map<string, Enrolment[]>();
  readonly #ends: KnownEnds;

  constructor(ends: KnownEnds) {
    this.#ends = ends;
  }

  add({ name, roles, identities, passkey }: MemberPredicate, of: string, from: number): void {
    const more = {
      ...(identities === undefined ? {} : { identities }),
      ...(passkey === undefined ? {} : { passkey }),
    };
    const enrolment = { of, name, roles, from, ...more };
    addTo(this.#of, of, enrolment);
    addTo(this.#named, name, enrolment);
    const ids = new Set<string>([of, ...(identities ?? []).map(identityId)]);
    for (const id of ids) addTo(this.#ids, id, enrolment);
  }

  at(of: string, at: number): Enrolment | undefined {
    return this.#of
      .get(of)
      ?.findLast((one) => one.from < at && this.#ends.membershipCounts(of, one.from, at));
  }

  keysNamed(name: string): Digest[] {
    return this.#idsNamed(name, ({ passkey }) => passkey === undefined).map((id) => id as Digest);
  }

  passkeysNamed(name: string): string[] {
    return this.#idsNamed(name, ({ passkey }) => passkey !== undefined);
  }

  #idsNamed(name: string, isOfKind: (one: Enrolment) => boolean): string[] {
    const named = (this.#named.get(name) ?? []).filter(isOfKind);
    return [...new Set(named.map(({ of }) => of))];
  }

  namesOf(identity: Digest): ReadonlySet<string> {
    return new Set((this.#ids.get(identity) ?? []).map((one) => one.name));
  }

  /**
   * Whether a member still has every role that the same key or passkey ever had. A member with
   * fewer roles cannot retract statements made in a lost role.
   */
  hasEveryRole(of: string, at: number): boolean {
    const now = this.at(of, at);
    return (
      now !== undefined &&
      (this.#of.get(of) ?? []).every((one) => one.roles.every((role) => now.roles.includes(role)))
    );
  }
}

function addTo(lists: Map<string, Enrolment[]>, id: string, enrolment: Enrolment): void {
  lists.set(id, [...(lists.get(id) ?? []), enrolment]);
}
