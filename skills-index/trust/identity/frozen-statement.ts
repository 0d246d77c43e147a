/**
 * A logged identity statement that can no longer be verified, because the Sigstore root or the
 * log's key behind it was replaced. It once counted and may have revoked something, so ignoring it
 * could restore a revoked right. Instead its subject is frozen: a scope from there on; a key,
 * passkey or publisher entirely. Everything else continues.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import type { End, Ends } from './ends.ts';

export interface FrozenStatement {
  readonly logIndex: number;
  /** The statement's address. */
  readonly digest: Digest;
  /** Why the statement cannot be verified. */
  readonly why: string;
  readonly about: FrozenSubject;
}

/** The subject that the statement names. No signature proves it. */
export interface FrozenSubject {
  readonly scope?: Scope;
  /** Id of a key, passkey or publisher. */
  readonly id?: string;
}

/** A frozen key, passkey or publisher counts at no log index, however it was enrolled. */
export function endsOfFrozen(frozen: readonly FrozenStatement[]): Ends {
  const ends = frozen.flatMap(({ digest, about: { id } }): [Digest, End][] =>
    id === undefined ? [] : [[digest, { of: id, at: Number.MAX_SAFE_INTEGER, upTo: -1 }]],
  );
  return { members: new Map(ends), keys: new Map(ends) };
}
