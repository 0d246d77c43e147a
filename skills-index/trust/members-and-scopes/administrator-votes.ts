/**
 * Counts votes of administrators. Administrators together give a scope to new owners or enrol a
 * member.
 */
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import type { RootFile } from '../root/root.ts';
import { isInOffice, thresholdAt } from '../root/root-office.ts';
import type { LoggedStatement, PendingVote } from './identities.ts';

/**
 * Administrators in the root file vote by signing the same statement; each key counts once.
 * Enrolled administrators have no vote, because one administrator alone could enrol as many
 * administrators as a vote needs.
 */
export class AdministratorVotes<Change> {
  readonly #root: RootFile;
  /**
   * The votes for each change, by the text of the change. The changes are grouped by their subject:
   * a scope, a key or a passkey.
   */
  readonly #votes = new Map<string, Map<string, PendingVote<Change>>>();

  constructor(root: RootFile) {
    this.#root = root;
  }

  /**
   * Counts the vote of an administrator in the root file. When a change passes, all votes on the
   * same subject are removed.
   */
  isVotedThrough(
    about: string,
    change: Change,
    { signer, logIndex }: Pick<LoggedStatement, 'signer' | 'logIndex'>,
  ): boolean {
    const changes = this.#votes.get(about) ?? new Map<string, PendingVote<Change>>();
    const text = canonicalJson(change);
    const by = [...(changes.get(text)?.by ?? []).filter((keyId) => keyId !== signer), signer];
    // The vote of a key that was retired since does not count. Otherwise one person could vote with
    // the retired key and with the new key.
    const inOffice = by.filter((keyId) => isInOffice(this.#root, 'administrator', keyId, logIndex));
    if (inOffice.length >= thresholdAt(this.#root, logIndex)) {
      this.drop(about);
      return true;
    }
    this.#votes.set(about, changes.set(text, { change, by }));
    return false;
  }

  /**
   * Removes the votes on a subject that changed without a vote, so that no old vote can undo the
   * change.
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
