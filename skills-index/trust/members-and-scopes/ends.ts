/**
 * A frozen statement is a logged identity statement that can no longer be verified, because the
 * Sigstore root or the log's key behind the statement was replaced. The statement once counted and
 * may have revoked a right, so ignoring the statement could restore the right. Instead the
 * statement's subject is frozen: a scope from the statement's log index on; a key, passkey or
 * publisher at every log index. All other identities stay as they are.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';

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

// Ends of keys and memberships, and the log index up to which an ended key or membership still
// counts.

/** The ends of keys and memberships, by the address of the statement that declared the end. */
export interface Ends {
  /** Ends of memberships. A membership belongs to a key or a passkey. */
  readonly members: ReadonlyMap<Digest, End>;
  /** Ends of keys for every use. */
  readonly keys: ReadonlyMap<Digest, KeyEnd>;
}

export interface End {
  /** Id of the ended key, or credential id of the ended passkey. */
  readonly of: string;
  /**
   * Log index of the statement that declared the end. An enrolment at a higher log index is a new
   * enrolment.
   */
  readonly at: number;
  readonly upTo: number;
}

/** The use of a key: in a scope, or as a member. */
export type KeyUse = Scope | 'as a member';

export interface KeyEnd extends End {
  /**
   * The uses for which the end of the key reaches back to `upTo`. For every other use, the key
   * counts up to `at`. When `reach` is absent, the end reaches back for every use.
   */
  readonly reach?: ReadonlySet<KeyUse>;
}

/**
 * The ends known from earlier passes and the ends of this pass. The ends are also found by the key
 * or passkey that they ended.
 */
export class KnownEnds implements Ends {
  readonly members = new Map<Digest, End>();
  readonly keys = new Map<Digest, KeyEnd>();
  readonly #membersBy = new Map<string, End[]>();
  readonly #keysBy = new Map<string, KeyEnd[]>();

  constructor(known: Ends) {
    for (const [digest, end] of known.members) this.endMember(digest, end);
    for (const [digest, end] of known.keys) this.endKey(digest, end);
  }

  endMember(digest: Digest, end: End): void {
    if (!this.members.has(digest))
      this.#membersBy.set(end.of, [...(this.#membersBy.get(end.of) ?? []), end]);
    this.members.set(digest, end);
  }

  /**
   * Adds the end of a key. The first pass that finds an end decides how far the end reaches back,
   * because a later pass knows more against the signer of the end.
   */
  endKey(digest: Digest, end: KeyEnd): void {
    if (this.keys.has(digest)) return;
    this.#keysBy.set(end.of, [...(this.#keysBy.get(end.of) ?? []), end]);
    this.keys.set(digest, end);
  }

  /**
   * Whether a membership that began at `from` still counts at a log index. Only ends declared after
   * the membership began can stop it.
   */
  membershipCounts(of: string, from: number, at: number): boolean {
    return (this.#membersBy.get(of) ?? []).every((end) => end.at <= from || at <= end.upTo);
  }

  /**
   * Whether a key's statement at a log index counts for a use of the key.
   * @param known only ends declared before this log index matter; all ends by default
   */
  keyCounts(keyId: string, at: number, use: KeyUse, known = Number.POSITIVE_INFINITY): boolean {
    return (this.#keysBy.get(keyId) ?? []).every(
      (end) => end.at >= known || at <= lastIndex(end, use),
    );
  }

  /**
   * Whether a key may sign at a log index, because no end of the key was declared before that log
   * index.
   */
  keySpeaks(keyId: string, at: number): boolean {
    return (this.#keysBy.get(keyId) ?? []).every((end) => end.at >= at);
  }

  /** The log indexes at which it became known that a key's statement at an index does not count. */
  keyLostAt(keyId: string, at: number, use: KeyUse): number[] {
    return (this.#keysBy.get(keyId) ?? [])
      .filter((end) => at > lastIndex(end, use))
      .map((end) => end.at);
  }
}

function lastIndex({ at, upTo, reach }: KeyEnd, use: KeyUse): number {
  return reach === undefined || reach.has(use) ? upTo : at;
}
