/** How administrators together give a scope away without its owner, or enrol a member. */
import { canonicalJson } from '../../skill/canonical-json.ts';
import type { RootFile } from '../root.ts';
import { holdsOffice, thresholdAt } from '../root-office.ts';
import type { LoggedStatement, PendingVote } from './identities.ts';

/**
 * Administrators of the root file vote by signing the same statement; each of its keys counts once.
 * Those whom one of them enrolled have no vote: one alone could enrol enough of them.
 */
export class AdministratorVotes<Change> {
  readonly #root: RootFile;
  /** What a change is about (a scope, a key or a passkey) → the change's text → its votes. */
  readonly #votes = new Map<string, Map<string, PendingVote<Change>>>();

  constructor(root: RootFile) {
    this.#root = root;
  }

  /**
   * Counts the vote of an administrator of the root file. A change that is voted through leaves no
   * vote on the same thing standing.
   */
  isVotedThrough(
    about: string,
    change: Change,
    { signer, logIndex }: Pick<LoggedStatement, 'signer' | 'logIndex'>,
  ): boolean {
    const changes = this.#votes.get(about) ?? new Map<string, PendingVote<Change>>();
    const text = canonicalJson(change);
    const by = [...(changes.get(text)?.by ?? []).filter((one) => one !== signer), signer];
    // Who was retired since they voted is not in office any more: else one person could vote with
    // the old key and with the new one.
    const inOffice = by.filter((one) => holdsOffice(this.#root, 'administrator', one, logIndex));
    if (inOffice.length >= thresholdAt(this.#root, logIndex)) {
      this.drop(about);
      return true;
    }
    this.#votes.set(about, changes.set(text, { change, by }));
    return false;
  }

  /**
   * Forgets the votes on something that has changed otherwise: an old vote must not bring back what
   * was ended since.
   */
  drop(about: string): void {
    this.#votes.delete(about);
  }

  pendingOn(about: string): readonly PendingVote<Change>[] {
    return [...(this.#votes.get(about)?.values() ?? [])];
  }

  pending(): readonly PendingVote<Change>[] {
    return [...this.#votes.values()].flatMap((changes) => [...changes.values()]);
  }
}
