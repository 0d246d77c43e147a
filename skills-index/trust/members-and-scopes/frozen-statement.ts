/**
 * A frozen statement is a logged identity statement that can no longer be verified, because the
 * Sigstore root or the log's key behind the statement was replaced. The statement once counted and
 * may have revoked a right, so ignoring the statement could restore the right. Instead the
 * statement's subject is frozen: a scope from the statement's log index on; a key, passkey or
 * publisher at every log index. All other identities stay as they are.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import type { End, Ends } from './ends.ts';

export interface FrozenStatement {
  readonly logIndex: number;
  /** The address of the frozen statement. */
  readonly digest: Digest;
  /** Why the frozen statement cannot be verified. */
  readonly why: string;
  readonly about: FrozenSubject;
}

/** The subject that a frozen statement names. No signature proves the subject. */
export interface FrozenSubject {
  readonly scope?: Scope;
  /** Id of the key, passkey or publisher that the frozen statement names. */
  readonly id?: string;
}

/**
 * Ends every frozen key, passkey or publisher for every log index, however the key, passkey or
 * publisher was enrolled.
 */
export function endsOfFrozen(frozen: readonly FrozenStatement[]): Ends {
  const ends = frozen.flatMap(({ digest, about: { id } }): [Digest, End][] =>
    id === undefined ? [] : [[digest, { of: id, at: Number.MAX_SAFE_INTEGER, upTo: -1 }]],
  );
  return { members: new Map(ends), keys: new Map(ends) };
}
