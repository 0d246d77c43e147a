import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import {
  type Identity,
  type KeyPredicate,
  type MemberPredicate,
  type MemberRole,
  type PublicKey,
  predicateTypes,
  type ScopePredicate,
} from '../../statement/attestation.ts';
import { identityId, keysAmong } from '../../statement/identity-id.ts';
import { type RootFile, rootKeyId, spkiOf } from '../root/root.ts';
import { heldRole, keysOfRole } from '../root/root-role.ts';
import { whyForeignIn } from '../signatures/own-registry.ts';
import { type Ends, endsOfFrozen, type FrozenStatement, type KeyUse, KnownEnds } from './ends.ts';
import type { Identities, LoggedStatement, Member } from './identities.ts';
import { idsOf, matchedIdentity } from './match.ts';
import { AdministratorVotes, MemberOrder, Members } from './members.ts';
import { describePublisherStop, earliest, PublisherStops, ScopeOwners } from './scope-owners.ts';

/**
 * Maximum number of passes in the computation of ended keys; each pass ends at least one more key.
 */
const identityRoundsMax = 1_000;

/** Maximum number of direct and indirect successors of one key. */
export const successorsMax = 16;

/**
 * Builds the history of identities from identity statements, and skips other kinds of statements.
 * Statements count in log order; the order of the argument does not matter.
 * @param frozen statements of the same log that cannot be verified
 */
export function chainIdentities(
  root: RootFile,
  statements: readonly LoggedStatement[],
  frozen: readonly FrozenStatement[] = [],
): Identities {
  const whyForeign = whyForeignIn(root);
  const own: LoggedStatement[] = [];
  const ignored: { digest: Digest; logIndex: number; why: string }[] = [];
  for (const logged of statements.filter(isAboutIdentity)) {
    const { digest, logIndex } = logged;
    const why = whyForeign(logged);
    if (why === undefined) own.push(logged);
    else ignored.push({ digest, logIndex, why });
  }
  const first = new Set(firstOccurrences(own));
  for (const logged of own)
    if (!first.has(logged)) {
      const { digest, logIndex } = logged;
      ignored.push({ digest, logIndex, why: 'its signer logged the same statement before' });
    }
  const ordered = [...first, ...frozen].sort((a, b) => a.logIndex - b.logIndex);
  // A key may be ended retroactively, from an earlier log index. Then statements that the key
  // signed since lose their effect, and so does everything that depends on these statements. The
  // computation repeats until no end is added. The computation terminates because ends are only
  // added. Two keys that end each other are both ended, because a doubtful right is no right.
  let ends: Ends = endsOfFrozen(frozen);
  const order = new MemberOrder();
  for (let round = 0; ; round++) {
    const chain = new IdentityChain(root, ends, order);
    chain.ignored.push(...ignored);
    for (const logged of ordered) chain.add(logged);
    order.close();
    if (round >= identityRoundsMax || countOf(chain.ends) === countOf(ends)) return chain;
    ends = chain.ends;
  }
}

function isAboutIdentity({ statement }: LoggedStatement): boolean {
  const { predicateType } = statement;
  const { member, scope, key, revocation } = predicateTypes;
  if (predicateType === revocation) return 'publisher' in statement.predicate.target;
  return predicateType === member || predicateType === scope || predicateType === key;
}

function countOf({ members, keys }: Ends): number {
  return members.size + keys.size;
}

// Removes repeated statements: a statement that is logged twice is still one statement.

/**
 * Keeps each statement of a signer only at the statement's first log index. Otherwise the log's
 * operator could repeat an old lift or enrolment. A signer who wants to repeat a statement signs
 * the statement with a new nonce.
 */
export function firstOccurrences<
  Logged extends Pick<LoggedStatement, 'statement' | 'signer' | 'logIndex'>,
>(statements: readonly Logged[]): Logged[] {
  const found = new Set<string>();
  return [...statements]
    .sort((a, b) => a.logIndex - b.logIndex)
    .filter(({ statement, signer }) => {
      const text = `${signer} ${canonicalJson(statement)}`;
      return !found.has(text) && found.add(text);
    });
}

// Makes one pass over the identity statements in log order, with the ends of keys and memberships
// that earlier passes found.

/**
 * The state of all identities. The state changes while statements are added; afterwards callers
 * read the state through `Identities`.
 */
class IdentityChain implements Identities {
  readonly ends: KnownEnds;
  readonly ignored: { digest: Digest; logIndex: number; why: string }[] = [];
  readonly #root: RootFile;
  readonly #order: MemberOrder;
  readonly #members: Members;
  readonly #owners = new ScopeOwners();
  readonly stops = new PublisherStops(this.#owners);
  readonly scopeVotes: AdministratorVotes<ScopePredicate>;
  readonly memberVotes: AdministratorVotes<MemberPredicate>;
  readonly #keys = new Map<Digest, Uint8Array>();

  constructor(root: RootFile, known: Ends, order: MemberOrder) {
    this.#root = root;
    this.#order = order;
    this.ends = new KnownEnds(known);
    this.#members = new Members(root, {
      ends: this.ends,
      order,
      nameKey: (key) => this.#name(key),
    });
    this.scopeVotes = new AdministratorVotes(root);
    this.memberVotes = this.#members.votes;
    for (const key of keysOfRole(root, 'administrator'))
      this.#keys.set(rootKeyId(key), spkiOf(key));
  }

  /** Adds the next statement in log order, or records why the statement does not count. */
  add(logged: LoggedStatement | FrozenStatement): void {
    const { digest, logIndex } = logged;
    const why = 'why' in logged ? this.#owners.freeze(logged) : this.#addVerified(logged);
    if (why !== undefined) this.ignored.push({ digest, logIndex, why });
  }

  follows(key: Digest, old: Digest): boolean {
    return this.#owners.follows(key, old);
  }

  isMember(keyId: Digest, role: MemberRole, at: number): boolean {
    return this.#members.isMember(keyId, role, at);
  }

  memberOf(keyId: Digest, at: number): Member | undefined {
    return this.#members.memberOf(keyId, at);
  }

  passkeyOf(credentialId: string, at: number): ReturnType<Identities['passkeyOf']> {
    return this.#members.passkeyOf(credentialId, at);
  }

  keysOf(memberName: string, at: number): Digest[] {
    return this.#members.keysOf(memberName, at);
  }

  passkeysOf(memberName: string, at: number): ReturnType<Identities['passkeysOf']> {
    return this.#members.passkeysOf(memberName, at);
  }

  memberStatementOf(of: string, at: number): Digest | undefined {
    return this.#order.last(of, at);
  }

  lineOf(scope: Scope, ids: readonly Digest[]): ReadonlySet<Digest> {
    return this.#owners.lineOf(scope, ids);
  }

  ownersOf(scope: Scope, at: number, known?: number): Identity[] {
    return this.#owners
      .ownersOf(scope, at, known)
      .filter((owner) => this.ends.keyCounts(identityId(owner), at, scope, known));
  }

  publishersOf(scope: Scope, at: number): Identity[] {
    return this.#owners
      .publishersOf(scope, at)
      .filter((publisher) => this.ends.keyCounts(identityId(publisher), at, scope));
  }

  scopesOf(identity: Digest, at: number): Scope[] {
    return this.#owners
      .scopesOf(identity, at)
      .filter((scope) => this.ends.keyCounts(identity, at, scope));
  }

  firstClaimOf(scope: Scope): number | undefined {
    return this.#owners.firstClaimOf(scope);
  }

  scopeStatementOf(scope: Scope, at: number): Digest | undefined {
    return this.#owners.claimOf(scope, at)?.statement;
  }

  whyFrozen(scope: Scope, at: number): string | undefined {
    return this.#owners.claimOf(scope, at)?.frozen;
  }

  keyOf(keyId: Digest): Uint8Array | undefined {
    return this.#keys.get(keyId);
  }

  namesOf(identity: Digest): ReadonlySet<string> {
    return this.#members.namesOf(identity);
  }

  #addVerified(logged: LoggedStatement): string | undefined {
    const { statement, signers } = logged;
    // A keyless identity can own a scope, but every other identity statement must be signed by a
    // key.
    if (signers !== undefined && statement.predicateType !== predicateTypes.scope)
      return 'a certificate cannot sign a statement of this kind';
    switch (statement.predicateType) {
      case predicateTypes.member:
        return this.#members.add(statement.predicate, logged);
      case predicateTypes.scope:
        return this.#addClaim(statement.predicate, logged);
      case predicateTypes.key:
        return this.#addKey(statement.predicate, logged);
      case predicateTypes.revocation:
        return this.stops.add(statement.predicate, logged, this);
      default:
        return 'it is no identity statement';
    }
  }

  #addClaim(claim: ScopePredicate, logged: LoggedStatement): string | undefined {
    const { scope, owners, previous } = claim;
    const { signer, logIndex } = logged;
    const present = this.#owners.claimOf(scope, logIndex);
    if (present !== undefined) return this.#changeClaim(present, claim, logged);
    if (previous !== undefined) return 'it changes a claim, but nobody has claimed the scope';
    if (matchedIdentity(owners, logged) === undefined)
      return 'its signer is not among the owners that it names';
    // A retroactive end of a key does not remove a first claim that the key signed. Otherwise the
    // scope would become free for anybody.
    if (!this.ends.keySpeaks(signer, logIndex)) return 'its signer’s key was ended';
    const stop = this.stops.stopOn({ ids: idsOf(logged), scope }, logIndex);
    if (stop !== undefined) return `its signer was ${describePublisherStop(stop)}`;
    return this.#acceptClaim(claim, logged, undefined);
  }

  #changeClaim(
    present: { readonly statement: Digest; readonly frozen?: string },
    claim: ScopePredicate,
    logged: LoggedStatement,
  ): string | undefined {
    const { scope, previous } = claim;
    const { signer, logIndex } = logged;
    if (present.frozen !== undefined) return `@${scope} is frozen: ${present.frozen}`;
    if (previous !== present.statement)
      return `it does not name the present claim of @${scope} as \`previous\``;
    const owner = matchedIdentity(this.ownersOf(scope, logIndex, logIndex), logged);
    const stop = this.stops.stopOn({ ids: idsOf(logged), scope }, logIndex);
    const byOwner = owner !== undefined && stop === undefined;
    const byOffice = heldRole(this.#root, 'administrator', signer, logIndex);
    if (!byOwner && !byOffice) {
      const why =
        owner !== undefined && stop !== undefined
          ? `was ${describePublisherStop(stop)}`
          : `did not own @${scope}`;
      return `its signer ${why}, and is no administrator of the root file`;
    }
    const isPassed = byOffice && this.scopeVotes.isVotedThrough(scope, claim, logged);
    if (isPassed) return this.#acceptClaim(claim, logged, undefined);
    // Too few administrators have voted for the new owners: the vote counts, and the present claim
    // of the scope stays.
    if (!byOwner) return undefined;
    return this.#acceptClaim(claim, logged, this.#lostFrom(scope, identityId(owner), logIndex));
  }

  #acceptClaim(
    claim: ScopePredicate,
    { logIndex, digest }: LoggedStatement,
    lost: number | undefined,
  ): undefined {
    const { scope, owners, publishers = [] } = claim;
    if (lost === undefined)
      for (const key of keysAmong([...owners, ...publishers])) this.#name(key);
    this.scopeVotes.drop(scope);
    this.#owners.claim(claim, { from: logIndex, lost }, digest);
  }

  /**
   * The log index from which it is known that an identity had no rights in a scope. Either the
   * identity's own key had ended earlier, or a key from which the identity got its rights.
   */
  #lostFrom(scope: Scope, id: Digest, at: number): number | undefined {
    return earliest([...this.ends.keyLostAt(id, at, scope), this.#owners.lostOf(scope, id, at)]);
  }

  // Administrators may end any key from any log index. A key's holder may end the key retroactively
  // only for rights that the holder still has. The same holds for a successor whom the holder
  // named. A person who gave a scope away or left as a member cannot take past acts back.
  #endKey(
    { key: { keyId }, validUpTo }: KeyPredicate,
    { signer, logIndex, digest }: LoggedStatement,
  ): string | undefined {
    // The end of a key that an earlier pass found is already applied. Applying the end in this pass
    // could remove the rights of the end's own signer.
    if (this.ends.keys.has(digest)) return undefined;
    const end = { of: keyId, at: logIndex, upTo: Math.min(validUpTo ?? logIndex, logIndex) };
    if (this.isMember(signer, 'administrator', logIndex)) {
      this.ends.endKey(digest, end);
      return undefined;
    }
    if (signer !== keyId && !this.#owners.isSuccessor(signer, keyId))
      return 'its signer is no holder of the key, no successor and no administrator';
    if (!this.ends.keySpeaks(signer, logIndex)) return 'its signer’s key was ended';
    const reach = new Set<KeyUse>(this.#owners.keptBy(signer, logIndex));
    if (signer === keyId && this.#members.hasEveryRole(keyId, logIndex)) reach.add('as a member');
    const isRetroactive = end.upTo < logIndex;
    const endsSomething =
      this.ends.keySpeaks(keyId, logIndex) ||
      (isRetroactive &&
        [...reach].some((use) => this.ends.keyCounts(keyId, end.upTo + 1, use, logIndex)));
    if (!endsSomething) return 'the key has ended already';
    this.ends.endKey(digest, { ...end, reach });
    return undefined;
  }

  #addKey(predicate: KeyPredicate, logged: LoggedStatement): string | undefined {
    const { key, state, replaces } = predicate;
    const { signer, logIndex } = logged;
    if (state === 'ended') return this.#endKey(predicate, logged);
    if (signer !== (replaces ?? key.keyId))
      return 'its signer holds neither the key nor the key that it replaces';
    if (!this.ends.keySpeaks(signer, logIndex)) return 'its signer’s key was ended';
    const stop = this.stops.stopOn({ ids: [signer] }, logIndex);
    if (stop !== undefined) return `its signer was ${describePublisherStop(stop)}`;
    if (replaces !== undefined) return this.#addSuccessor(key, logged);
    this.#name(key);
    return undefined;
  }

  #addSuccessor(key: PublicKey, { signer, logIndex }: LoggedStatement): string | undefined {
    // A successor must be a new key. Otherwise a signer could declare another person's key, with
    // all rights of that key, to be the signer's successor.
    if (this.#keys.has(key.keyId)) return 'the successor is a known key';
    if (this.#owners.successorsOf(signer).length >= successorsMax)
      return 'the replaced key has too many successors';
    this.#owners.declare(signer, key.keyId);
    this.#name(key);
    for (const scope of this.#owners.scopesOf(signer, logIndex, logIndex)) {
      if (this.stops.stopOn({ ids: [signer], scope }, logIndex) !== undefined) continue;
      const lost = this.#lostFrom(scope, signer, logIndex);
      this.#owners.follow(signer, key, scope, { from: logIndex, lost });
    }
    return undefined;
  }

  #name({ keyId, spki }: PublicKey): void {
    this.#keys.set(keyId, Buffer.from(spki, 'base64'));
  }
}
