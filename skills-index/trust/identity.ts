/** Who is who at a log index: members, passkeys, scope owners and keys, chained to the root file and to nothing else. */
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import type { EnrolledPasskey, MemberRole, PublicKey, Statement } from '../statement/attestation.ts';
import type { RootFile } from './root.ts';

/** A statement whose signature and place in the log were verified. */
export interface LoggedStatement {
  readonly statement: Statement;
  /** Key id of the signer. */
  readonly signer: Digest;
  readonly logIndex: number;
  /** Address: SHA-256 of the canonical Sigstore bundle. */
  readonly digest: Digest;
}

export interface Member {
  readonly name: string;
  readonly roles: readonly MemberRole[];
}

export interface Identities {
  /** Whether a key was a member with this role at that log index. */
  isMember(keyId: Digest, role: MemberRole, atLogIndex: number): boolean;
  memberOf(keyId: Digest, atLogIndex: number): Member | undefined;
  passkeyOf(credentialId: string, atLogIndex: number): { readonly member: Member; readonly passkey: EnrolledPasskey } | undefined;
  /** Keys that may publish in the scope, rotated ones included; empty when nobody claimed it. */
  ownersOf(scope: Scope, atLogIndex: number): readonly PublicKey[];
  /** Address of the scope statement that stood at that index: what a change names as `previous`. */
  scopeStatementOf(scope: Scope, atLogIndex: number): Digest | undefined;
  /** SPKI DER of any key that an identity statement or the root file names. */
  keyOf(keyId: Digest): Uint8Array | undefined;
  /** Names of all members that ever held a key, at any index. */
  namesOf(keyId: Digest): ReadonlySet<string>;
  /** Statements that do not count, and why. */
  readonly ignored: readonly { readonly digest: Digest; readonly logIndex: number; readonly why: string }[];
}

/** Chains identity statements in log order; statements of other kinds are passed over. */
export function chainIdentities(_root: RootFile, _statements: readonly LoggedStatement[]): Identities {
  throw new Problem('internal', 'not written yet');
}
