/** What ended, and up to which log index it still counts. */
import type { Digest } from '../skill/digest.ts';

/** Address of a statement that ended something → what, and up to which index it counts. */
export interface Ends {
  /** Memberships, of a key or a passkey. */
  readonly members: ReadonlyMap<Digest, End>;
  /** Keys in every use. */
  readonly keys: ReadonlyMap<Digest, End>;
}

export interface End {
  /** Key id or credential id. */
  readonly of: string;
  /** Index of the statement that says so: an enrolment after it is a new one. */
  readonly at: number;
  readonly upTo: number;
}

/** Ends that are known, and those that are found; each also by what it ended. */
export class KnownEnds implements Ends {
  readonly members = new Map<Digest, End>();
  readonly keys = new Map<Digest, End>();
  readonly #membersBy = new Map<string, End[]>();
  readonly #keysBy = new Map<string, End[]>();

  constructor(known: Ends) {
    for (const [digest, end] of known.members) this.endMember(digest, end);
    for (const [digest, end] of known.keys) this.endKey(digest, end);
  }

  endMember(digest: Digest, end: End): void {
    if (!this.members.has(digest)) this.#membersBy.set(end.of, [...(this.#membersBy.get(end.of) ?? []), end]);
    this.members.set(digest, end);
  }

  endKey(digest: Digest, end: End): void {
    if (!this.keys.has(digest)) this.#keysBy.set(end.of, [...(this.#keysBy.get(end.of) ?? []), end]);
    this.keys.set(digest, end);
  }

  /** Whether no end of a membership with this key or passkey, that was said after it began, lies before an index. */
  membershipCounts(of: string, from: number, at: number): boolean {
    return (this.#membersBy.get(of) ?? []).every((end) => end.at <= from || at <= end.upTo);
  }

  keyCounts(keyId: string, at: number): boolean {
    return (this.#keysBy.get(keyId) ?? []).every((end) => at <= end.upTo);
  }
}
