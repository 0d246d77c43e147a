/**
 * Who is who at a log index: members, passkeys, scope owners and keys, chained to the root file and
 * to nothing else.
 */
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import {
  type EnrolledPasskey,
  type Identity,
  type MemberPredicate,
  type MemberRole,
  type OidcIdentity,
  predicateTypes,
  type ScopePredicate,
  type Statement,
} from '../statement/attestation.ts';
import type { AdministratorVotes } from './identity/administrator-votes.ts';
import { IdentityChain } from './identity/chain.ts';
import type { Ends } from './identity/ends.ts';
import { endsOfFrozen, type FrozenStatement } from './identity/frozen-statement.ts';
import type { SignedBy } from './identity/match.ts';
import { MemberOrder } from './identity/member-order.ts';
import type { PublisherStops } from './identity/publisher-stops.ts';
import { saidOnce } from './identity/said-once.ts';
import { identityRoundsMax } from './limits.ts';
import { judgeOfRegistry } from './own-registry.ts';
import type { RootFile } from './root.ts';

/** A statement whose signature and place in the log were verified. */
export interface LoggedStatement extends SignedBy {
  readonly statement: Statement;
  readonly logIndex: number;
  /** Address: SHA-256 of the canonical Sigstore bundle. */
  readonly digest: Digest;
}

export interface Member {
  readonly name: string;
  readonly roles: readonly MemberRole[];
  /** Who the member is at issuers; undefined where no administrator has said. */
  readonly identities?: readonly OidcIdentity[];
}

export interface Identities {
  /**
   * Whether a key was a member with this role at that log index. Administrators of the root file
   * count too.
   */
  isMember(keyId: Digest, role: MemberRole, atLogIndex: number): boolean;
  memberOf(keyId: Digest, atLogIndex: number): Member | undefined;
  passkeyOf(
    credentialId: string,
    atLogIndex: number,
  ): { readonly member: Member; readonly passkey: EnrolledPasskey } | undefined;
  /** Keys with which the member of this name could sign at that index. */
  keysOf(memberName: string, atLogIndex: number): readonly Digest[];
  /** Passkeys with which the member of this name could sign at that index. */
  passkeysOf(memberName: string, atLogIndex: number): readonly EnrolledPasskey[];
  /** Who may change the scope, rotated keys included; empty when nobody claimed it. */
  ownersOf(scope: Scope, atLogIndex: number): readonly Identity[];
  /** Who may publish in the scope: its publishers where it names some, else its owners. */
  publishersOf(scope: Scope, atLogIndex: number): readonly Identity[];
  /**
   * Scopes that an identity owned or could publish in, the ones in which a key followed another one
   * included.
   */
  scopesOf(identity: Digest, atLogIndex: number): readonly Scope[];
  /** Whether a key was rotated, once or more, into another one: its holder said so with it. */
  follows(keyId: Digest, old: Digest): boolean;
  /**
   * These and all whom they followed in a scope, or who followed those: as far as anybody knows,
   * one person.
   */
  lineOf(scope: Scope, ids: readonly Digest[]): ReadonlySet<Digest>;
  /** What was said of publishers. */
  readonly stops: Omit<PublisherStops, 'take'>;
  /** Address of the scope statement that stood at that index: what a change names as `previous`. */
  scopeStatementOf(scope: Scope, atLogIndex: number): Digest | undefined;
  /**
   * Address of the last statement on a key or passkey before an index: what an enrolment names as
   * `previous`.
   */
  memberStatementOf(of: string, atLogIndex: number): Digest | undefined;
  /**
   * Why nobody owns or changes a claimed scope at that index: its statement cannot be verified;
   * undefined when that is not so.
   */
  whyFrozen(scope: Scope, atLogIndex: number): string | undefined;
  /**
   * Log index of the first claim of a scope: in one log it stands for the owner, however often the
   * scope changed hands since.
   */
  firstClaimOf(scope: Scope): number | undefined;
  /** SPKI DER of any key that an identity statement or the root file names. */
  keyOf(keyId: Digest): Uint8Array | undefined;
  /**
   * Changes of scopes, and enrolments, that too few administrators of the root file have signed
   * yet.
   */
  readonly scopeVotes: Pick<AdministratorVotes<ScopePredicate>, 'pendingOn'>;
  readonly memberVotes: Pick<AdministratorVotes<MemberPredicate>, 'pending'>;
  /**
   * Names of all members that ever held a key, or were named as who an issuer vouches for, at any
   * index.
   */
  namesOf(identity: Digest): ReadonlySet<string>;
  /** Statements that do not count, and why. */
  readonly ignored: readonly {
    readonly digest: Digest;
    readonly logIndex: number;
    readonly why: string;
  }[];
}

/**
 * Chains identity statements in log order; statements of other kinds are passed over. The order
 * given does not matter.
 * @param frozen statements of the same log that could not be verified
 */
export function chainIdentities(
  root: RootFile,
  statements: readonly LoggedStatement[],
  frozen: readonly FrozenStatement[] = [],
): Identities {
  const whyForeign = judgeOfRegistry(root);
  const all = statements.filter(isAboutIdentity);
  const about = all.filter((one) => whyForeign(one) === undefined);
  const foreign = all.flatMap(({ digest, logIndex, statement }) => {
    const why = whyForeign({ statement, logIndex });
    return why === undefined ? [] : [{ digest, logIndex, why }];
  });
  const said = new Set(saidOnce(about));
  const twins = about.filter((one) => !said.has(one));
  const ordered = [...said, ...frozen].sort((a, b) => a.logIndex - b.logIndex);
  // A key that was ended for an index before now also loses what it signed in between, and with
  // that goes what rests on it. Ends are only ever added, so the rounds come to an end, and two
  // keys that end each other are both ended: silence means no.
  let ends: Ends = endsOfFrozen(frozen);
  const order = new MemberOrder();
  for (let round = 0; ; round++) {
    const chain = new IdentityChain(root, ends, order);
    chain.ignored.push(...foreign);
    for (const { digest, logIndex } of twins)
      chain.ignored.push({ digest, logIndex, why: 'it was said before' });
    for (const one of ordered) chain.add(one);
    order.close();
    if (
      round >= identityRoundsMax ||
      chain.ends.members.size + chain.ends.keys.size === countOf(ends)
    )
      return chain;
    ends = chain.ends;
  }
}

function isAboutIdentity({ statement }: LoggedStatement): boolean {
  const { predicateType } = statement;
  const { member, scope, key, revocation } = predicateTypes;
  if (predicateType === revocation) return 'publisher' in statement.predicate.target;
  return predicateType === member || predicateType === scope || predicateType === key;
}

function countOf(ends: Ends): number {
  return ends.members.size + ends.keys.size;
}
