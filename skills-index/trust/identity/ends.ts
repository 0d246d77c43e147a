/** Ends of keys and memberships, and the log index up to which each still counts. */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';

/** Address of the ending statement → what it ended, and up to which log index that still counts. */
export interface Ends {
  /** Ended memberships, of a key or a passkey. */
  readonly members: ReadonlyMap<Digest, End>;
  /** Keys that ended for every use. */
  readonly keys: ReadonlyMap<Digest, KeyEnd>;
}

export interface End {
  /** Key id or credential id. */
  readonly of: string;
  /** Log index of the ending statement; a later enrolment is a new one. */
  readonly at: number;
  readonly upTo: number;
}

/** The use of a key: in a scope, or as a member. */
export type KeyUse = Scope | 'as a member';

export interface KeyEnd extends End {
  /**
   * The uses for which the end reaches back to `upTo`; for every other use the key counts up to
   * `at`. Absent: it reaches back for every use.
   */
  readonly reach?: ReadonlySet<KeyUse>;
}

/** The known ends and the ends of this pass, also by the key or passkey that they ended. */
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
   * Adds an end. The first pass that finds an end decides how far it reaches back: a later pass
   * knows more against its signer.
   */
  endKey(digest: Digest, end: KeyEnd): void {
    if (this.keys.has(digest)) return;
    this.#keysBy.set(end.of, [...(this.#keysBy.get(end.of) ?? []), end]);
    this.keys.set(digest, end);
  }

  /** Whether no end of a membership, declared after it began, takes effect before a log index. */
  membershipCounts(of: string, from: number, at: number): boolean {
    return (this.#membersBy.get(of) ?? []).every((end) => end.at <= from || at <= end.upTo);
  }

  /**
   * Whether a key's statement at a log index counts for a use.
   * @param known only ends declared before this log index; all by default
   */
  keyCounts(keyId: string, at: number, use: KeyUse, known = Number.POSITIVE_INFINITY): boolean {
    return (this.#keysBy.get(keyId) ?? []).every(
      (end) => end.at >= known || at <= lastIndex(end, use),
    );
  }

  /** Whether no end of the key was declared before a log index, so that the key may sign there. */
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
