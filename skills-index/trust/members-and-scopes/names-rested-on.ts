/**
 * The names in the log's map on which a version rests: its bundle, its scope, and everybody who
 * signed a statement about the version or gave such a signer rights.
 *
 * Whether a statement under these names counts depends on statements under these names only:
 * - Every statement depends on the rights and ends of its signers.
 * - A claim depends on the earlier claims of its scope. What a scope says of a version depends on
 *   all owners and publishers of the scope, too.
 * - An enrolment depends on all statements about its key or passkey, and about the persons that it
 *   names: none of them may belong to another member.
 * - The declaration of a successor depends on everything that named the successor before.
 * - The lift of a publisher's suspension depends on everybody with rights in a scope of the
 *   publisher.
 */
import type { Digest } from '../../skill/digest.ts';
import { type Scope, type SkillName, scopeOf } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { identityId, isPerson } from '../../statement/identity-id.ts';
import {
  bundleMapName,
  holderMapName,
  identityMapName,
  mapNames,
  scopeMapName,
  versionMapName,
} from './map-names.ts';
import { idsOf, type SignedBy } from './match.ts';

export interface RestingVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** Id of the identity that published the version. */
  readonly publisher: Digest;
}

export type SignedStatement = SignedBy & {
  readonly statement: Statement;
  readonly logIndex: number;
};

/**
 * Log indexes by names: the version rests on the statements under the name that have a lower log
 * index. Strangers can add statements under some names, but not below a past log index.
 */
export type NamesRestedOn = ReadonlyMap<string, number>;

/**
 * All names on which the version rests, by these statements. With the statements that the map has
 * under these names, the function may find further names: the caller asks until no name is new.
 * @param statements the statements about the version, and the statements under known names
 */
export function namesRestedOn(
  version: RestingVersion,
  statements: readonly SignedStatement[],
): NamesRestedOn {
  const names = new Names(version);
  const due: SignedStatement[] = [];
  for (const one of statements) {
    if (mapNames(one.statement).length > 0) due.push(one);
    else names.askIds([...idsOf(one), ...reviewerIds(one.statement)]);
  }
  do {
    names.hasGrown = false;
    for (const one of due) names.follow(one);
  } while (names.hasGrown);
  return names.all;
}

const always = Number.POSITIVE_INFINITY;

/** What is asked only grows, so the order of the statements does not matter. */
class Names {
  readonly all = new Map<string, number>();
  hasGrown = false;
  /** Scopes whose owners and publishers matter. Of other scopes, the signers of the claims do. */
  readonly #held = new Map<Scope, number>();
  /** Publishers for whom somebody may act. */
  readonly #behind = new Map<Digest, number>();

  constructor({ name, version, bundle, publisher }: RestingVersion) {
    this.#ask(bundleMapName(bundle));
    this.#ask(versionMapName(name, version));
    this.#askScope(scopeOf(name), always);
    this.askIds([publisher]);
  }

  askIds(ids: readonly string[]): void {
    for (const id of ids) this.#ask(identityMapName(id));
  }

  /** Asks for the names on which a statement depends, if the statement is under an asked name. */
  follow(one: SignedStatement): void {
    const { statement, logIndex } = one;
    const isBelow = (upTo = -1) => logIndex < upTo;
    if (!mapNames(statement).some((name) => isBelow(this.all.get(name)))) return;
    this.askIds([one.signer, ...idsOf(one)]);
    switch (statement.predicateType) {
      case predicateTypes.scope: {
        const { scope, owners, publishers = [] } = statement.predicate;
        const holders = [...owners, ...publishers].map(identityId);
        for (const id of holders) {
          const upTo = this.all.get(holderMapName(id));
          if (isBelow(upTo)) this.#ask(scopeMapName(scope), upTo);
          const behind = this.#behind.get(id);
          if (behind !== undefined && isBelow(behind)) this.#askScope(scope, behind);
        }
        if (isBelow(this.#held.get(scope))) this.askIds(holders);
        return;
      }
      case predicateTypes.key: {
        const { key, replaces } = statement.predicate;
        if (replaces !== undefined) this.#followSuccession(replaces, key.keyId, logIndex);
        return;
      }
      case predicateTypes.member: {
        const { key, passkey, identities = [] } = statement.predicate;
        this.askIds(identities.filter(isPerson).map(identityId));
        this.askIds([key?.keyId ?? passkey?.credentialId ?? '']);
        return;
      }
      case predicateTypes.revocation: {
        const { kind, target } = statement.predicate;
        if (kind === 'lifted' && 'publisher' in target) this.#askBehind(target.publisher, logIndex);
        return;
      }
    }
  }

  #followSuccession(old: Digest, key: Digest, logIndex: number): void {
    // A successor is a new key, so everything that named the key before matters.
    this.#askRights(key, logIndex);
    for (const [id, other] of [
      [key, old],
      [old, key],
    ] as const) {
      const behind = this.#behind.get(id);
      if (behind !== undefined) this.#askBehind(other, behind);
    }
  }

  #askScope(scope: Scope, upTo: number): void {
    this.#ask(scopeMapName(scope), upTo);
    this.#grow(this.#held, scope, upTo);
  }

  #askRights(id: Digest, upTo: number): void {
    this.askIds([id]);
    this.#ask(holderMapName(id), upTo);
  }

  #askBehind(id: Digest, upTo: number): void {
    this.#askRights(id, upTo);
    this.#grow(this.#behind, id, upTo);
  }

  #ask(name: string, upTo = always): void {
    this.#grow(this.all, name, upTo);
  }

  #grow<Key extends string>(map: Map<Key, number>, key: Key, upTo: number): void {
    if ((map.get(key) ?? -1) >= upTo) return;
    map.set(key, upTo);
    this.hasGrown = true;
  }
}

// A passkey signs inside the approval. The registry’s own key signs the statement around it.
function reviewerIds(statement: Statement): string[] {
  if (statement.predicateType !== predicateTypes.approval) return [];
  const { reviewer } = statement.predicate;
  return 'credentialId' in reviewer ? [reviewer.credentialId] : [];
}
