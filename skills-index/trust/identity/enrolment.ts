/** A key or passkey that an administrator gave to a member. */
import type { EnrolledPasskey } from '../../statement/attestation.ts';
import type { Member } from '../identity.ts';

/** One enrolment; a later one of the same key or passkey takes its place. */
export interface Enrolment extends Member {
  /** Key id or credential id. */
  readonly of: string;
  readonly from: number;
  readonly passkey?: EnrolledPasskey;
  /** Key id or credential id, and ids of `identities`. */
  readonly ids: readonly string[];
}

/** Whether a member still has every role that the same key or passkey ever had: who was given fewer takes back nothing said in the others. */
export function hasEveryRole(now: Enrolment | undefined, all: readonly Enrolment[]): boolean {
  return now !== undefined && all.every((one) => one.of !== now.of || one.roles.every((role) => now.roles.includes(role)));
}
