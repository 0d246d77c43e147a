/** How administrators give a scope away without its owner. */
import { canonicalJson } from '../../skill/canonical-json.ts';
import type { Digest } from '../../skill/digest.ts';
import type { ScopePredicate } from '../../statement/attestation.ts';
import type { LoggedStatement } from '../identity.ts';
import type { RootFile } from '../root.ts';
import { holdsOffice } from '../root-office.ts';

/**
 * Administrators of the root file vote by signing the same statement; each of its keys counts once. Those whom one of them enrolled have no
 * vote: one alone could enrol enough of them.
 */
export class ScopeVotes {
  readonly #root: RootFile;
  /** A change of a scope → key ids of the administrators that signed it. */
  readonly #votes = new Map<string, Set<Digest>>();

  constructor(root: RootFile) {
    this.#root = root;
  }

  /** Counts the vote of an administrator of the root file. */
  isVotedThrough(claim: ScopePredicate, { signer, logIndex }: Pick<LoggedStatement, 'signer' | 'logIndex'>): boolean {
    const change = canonicalJson(claim);
    const votes = new Set(this.#votes.get(change)).add(signer);
    this.#votes.set(change, votes);
    // Who was retired since they voted is not in office any more: else one person could vote with the old key and with the new one.
    return [...votes].filter((one) => holdsOffice(this.#root, 'administrator', one, logIndex)).length >= this.#root.threshold;
  }
}
