/** What ended, and up to which log index it still counts. */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';

/** Address of a statement that ended something → what, and up to which index it counts. */
export interface Ends {
  /** Memberships, of a key or a passkey. */
  readonly members: ReadonlyMap<Digest, End>;
  /** Keys in every use. */
  readonly keys: ReadonlyMap<Digest, KeyEnd>;
}

export interface End {
  /** Key id or credential id. */
  readonly of: string;
  /** Index of the statement that says so: an enrolment after it is a new one. */
  readonly at: number;
  readonly upTo: number;
}

/** What a key is used for: in a scope, or as a member. */
export type Use = Scope | 'as a member';

export interface KeyEnd extends End {
  /**
   * Uses for which it reaches back to `upTo`; in every other one the key counts up to `at`. Absent:
   * it reaches back in all.
   */
  readonly reach?: ReadonlySet<Use>;
}

/** Ends that are known, and those that are found; each also by what it ended. */
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
   * The first word on how far it reaches stays: it was said with the least known against its
   * signer.
   */
  endKey(digest: Digest, end: KeyEnd): void {
    if (this.keys.has(digest)) return;
    this.#keysBy.set(end.of, [...(this.#keysBy.get(end.of) ?? []), end]);
    this.keys.set(digest, end);
  }

  /**
   * Whether no end of a membership with this key or passkey, that was said after it began, lies
   * before an index.
   */
  membershipCounts(of: string, from: number, at: number): boolean {
    return (this.#membersBy.get(of) ?? []).every((end) => end.at <= from || at <= end.upTo);
  }

  /**
   * Whether what a key says at an index counts for a use.
   * @param known which ends were said before this index; all by default
   */
  keyCounts(keyId: string, at: number, use: Use, known = Number.POSITIVE_INFINITY): boolean {
    return (this.#keysBy.get(keyId) ?? []).every(
      (end) => end.at >= known || at <= lastIndex(end, use),
    );
  }

  /** Whether no end of the key was said before an index: then it may still speak there. */
  keySpeaks(keyId: string, at: number): boolean {
    return (this.#keysBy.get(keyId) ?? []).every((end) => end.at >= at);
  }

  /** Indexes at which it became known that what a key said at an index does not count. */
  keyLostAt(keyId: string, at: number, use: Use): number[] {
    return (this.#keysBy.get(keyId) ?? [])
      .filter((end) => at > lastIndex(end, use))
      .map((end) => end.at);
  }
}

function lastIndex({ at, upTo, reach }: KeyEnd, use: Use): number {
  return reach === undefined || reach.has(use) ? upTo : at;
}
