/** Random histories of members, scopes and keys, most of whose statements count. */
import fc from 'fast-check';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import {
  type Identity,
  keyStatement,
  type MemberRole,
  memberStatement,
  predicateTypes,
  revocationStatement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId, isKey } from '../../../../skills-index/statement/identity-id.ts';
import type {
  FrozenStatement,
  FrozenSubject,
} from '../../../../skills-index/trust/members-and-scopes/ends.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import {
  type IdentityQuestion,
  namesIn,
  namesOfSubject,
  neededStatements,
  type ReplayedStatement,
} from '../../../../skills-index/trust/members-and-scopes/needed-statements.ts';
import { parseFrozenSubject } from '../../../../skills-index/trust/members-and-scopes/read-logged.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import {
  admins,
  certified,
  historyIdentities,
  historyKeys,
  historyPasskeys,
  historyRoot,
  historyScopes,
  historyTargets,
  job,
  kim,
  lee,
  registry,
  retired,
} from './history-people.ts';

/** Numbers from which a step picks. */
interface Step {
  readonly kind: number;
  readonly picks: readonly number[];
  readonly isFrozen: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.nat(99),
  picks: fc.array(fc.nat(10_000), { minLength: 8, maxLength: 8 }),
  isFrozen: fc.nat(29).map((one) => one === 0),
});

export interface History {
  readonly root: RootFile;
  readonly words: readonly ReplayedStatement[];
  /** The words that are statements on members, also those that are frozen. */
  readonly members: readonly ReplayedStatement[];
}

/** Histories of up to `stepsMax` statements. */
export function histories(stepsMax: number): fc.Arbitrary<History> {
  return fc
    .tuple(fc.constantFrom(1, 2), fc.array(step, { maxLength: stepsMax, size: 'max' }))
    .map(([threshold, steps]) => tell(historyRoot(threshold as 1 | 2), steps));
}

/** Chains the words of a history. */
export function chainWords(root: RootFile, words: readonly ReplayedStatement[]): Identities {
  return chainIdentities(
    root,
    words.filter((one): one is LoggedStatement => !('why' in one)),
    words.filter((one): one is FrozenStatement => 'why' in one),
  );
}

/** The words that a question needs, found by their names. */
export async function neededOf(
  { root, words, members }: History,
  question: IdentityQuestion,
): Promise<ReplayedStatement[]> {
  const byName = new Map<string, ReplayedStatement[]>();
  for (const one of words)
    for (const name of 'why' in one ? namesOfSubject(one.about) : namesIn(one.statement))
      byName.set(name, [...(byName.get(name) ?? []), one]);
  const find = async (names: readonly string[]) => names.flatMap((name) => byName.get(name) ?? []);
  return neededStatements(root, question, { members, find });
}

function tell(root: RootFile, steps: readonly Step[]): History {
  const words: ReplayedStatement[] = [];
  const members: ReplayedStatement[] = [];
  for (const { kind, picks, isFrozen } of steps) {
    const teller = new Teller(chainWords(root, words), words, picks);
    const said = teller.say(kind);
    if (said === undefined) continue;
    teller.nameRegistry(said);
    const logIndex = words.length;
    const at = { logIndex, digest: digestOf(`statement ${logIndex}`) };
    const payload = Buffer.from(canonicalJson(said.statement));
    words.push(
      isFrozen
        ? { ...at, about: teller.frozenSubject(payload), why: 'it is damaged' }
        : { ...at, ...said },
    );
    if (said.statement.predicateType === predicateTypes.member) members.push(...words.slice(-1));
  }
  return { root, words, members };
}

type Spoken = Pick<LoggedStatement, 'statement' | 'signer' | 'signers'>;

class Teller {
  readonly #chain: Identities;
  readonly #words: readonly ReplayedStatement[];
  readonly #picks: number[];
  readonly #now: number;

  constructor(chain: Identities, words: readonly ReplayedStatement[], picks: readonly number[]) {
    this.#chain = chain;
    this.#words = words;
    this.#picks = [...picks];
    this.#now = words.length;
  }

  say(kind: number): Spoken | undefined {
    if (kind < 28) return this.#claim();
    if (kind < 36) return this.#vote();
    if (kind < 48) return this.#enrol();
    if (kind < 54) return this.#endMember();
    if (kind < 68) return this.#rotate();
    if (kind < 82) return this.#endKey();
    if (kind < 85) return this.#introduce();
    if (kind < 97) return this.#stop();
    return this.#repeat();
  }

  /** Statements of older releases name no registry. */
  nameRegistry({ statement: { predicate } }: Spoken): void {
    const other = this.#chance(3) ? digestOf('another registry') : registry;
    if (this.#chance(70)) Object.assign(predicate, { registry: other, ...predicate });
  }

  /** A damaged statement can say nothing of whom it is about. */
  frozenSubject(payload: Uint8Array): FrozenSubject {
    return this.#chance(10) ? {} : parseFrozenSubject(payload);
  }

  #claim(): Spoken {
    const scope = this.#pick(historyScopes);
    const previous = this.#chain.scopeStatementOf(scope, this.#now);
    const owners = this.#chain.ownersOf(scope, this.#now);
    const speaker = this.#mostly(owners, historyIdentities);
    const named = this.#some(historyIdentities);
    const all = this.#chance(80) ? unique([speaker, ...named]) : named;
    const statement = scopeStatement({
      scope,
      owners: all.length === 0 ? [speaker] : all,
      ...(this.#chance(25)
        ? { publishers: unique([...this.#some(historyIdentities), speaker]) }
        : {}),
      ...(previous === undefined || this.#chance(5) ? {} : { previous: this.#mostlyNow(previous) }),
    });
    return { statement, ...this.#by(speaker) };
  }

  #vote(): Spoken {
    const scope = this.#pick(historyScopes);
    const [pending] = this.#chain.scopeVotes.pendingOn(scope);
    const previous = this.#chain.scopeStatementOf(scope, this.#now);
    const change = pending?.change ?? {
      scope,
      owners: unique([this.#pick(historyIdentities), ...this.#some(historyIdentities)]),
      ...(this.#chance(30) ? { publishers: [this.#pick(historyIdentities)] } : {}),
      ...(previous === undefined ? {} : { previous }),
    };
    return { statement: scopeStatement(change), signer: this.#pick([...admins, retired]).keyId };
  }

  #enrol(): Spoken {
    const [pending] = this.#chain.memberVotes.pending();
    if (pending !== undefined && this.#chance(60))
      return { statement: memberStatement(pending.change), signer: this.#pick(admins).keyId };
    const key = this.#pick(historyKeys);
    const passkey = this.#chance(15) ? this.#pick(historyPasskeys) : undefined;
    const of = passkey?.enrolled.credentialId ?? key.keyId;
    const last = this.#chain.memberStatementOf(of, this.#now);
    const statement = memberStatement({
      nonce: this.#nonce(),
      name: this.#mostly([...this.#chain.namesOf(of as Digest)], ['ada', 'ben', 'cleo']),
      roles: this.#pick<MemberRole[]>([
        ['reviewer'],
        ['administrator'],
        ['reviewer', 'administrator'],
        ['scanner'],
      ]),
      ...(passkey === undefined ? { key: key.named } : { passkey: passkey.enrolled }),
      ...(this.#chance(20) ? { identities: [this.#pick([kim, lee, job])] } : {}),
      ...(this.#chance(30)
        ? { previous: last === undefined ? ('none' as const) : this.#mostlyNow(last) }
        : {}),
      state: 'enrolled',
    });
    return { statement, signer: this.#administrator() };
  }

  #endMember(): Spoken {
    const key = this.#mostly(
      historyKeys.filter(({ keyId }) => this.#chain.memberOf(keyId, this.#now) !== undefined),
      historyKeys,
    );
    const passkey = this.#chance(15) ? this.#pick(historyPasskeys).enrolled : undefined;
    const of = (passkey?.credentialId ?? key.keyId) as Digest;
    const statement = memberStatement({
      nonce: this.#nonce(),
      name: this.#mostly([...this.#chain.namesOf(of)], ['ada', 'ben', 'cleo']),
      roles: ['reviewer'],
      ...(passkey === undefined ? { key: key.named } : { passkey }),
      ...(this.#chance(20) ? { previous: 'none' as const } : {}),
      state: 'ended',
      ...this.#past(),
    });
    return { statement, signer: this.#administrator() };
  }

  #rotate(): Spoken {
    const from = this.#holder();
    const to = this.#mostly(
      historyKeys.filter(({ keyId }) => this.#chain.keyOf(keyId) === undefined),
      historyKeys,
    );
    const statement = keyStatement({ key: to.named, state: 'enrolled', replaces: from.keyId });
    return { statement, signer: this.#chance(95) ? from.keyId : this.#pick(historyKeys).keyId };
  }

  #endKey(): Spoken {
    const key = this.#holder();
    const heirs = this.#chain.stops.heirsOf(key.keyId).slice(1);
    const statement = keyStatement({ key: key.named, state: 'ended', ...this.#past() });
    const signer = this.#pick([
      key.keyId,
      key.keyId,
      this.#mostly(heirs, [key.keyId]),
      this.#administrator(),
      this.#pick(historyKeys).keyId,
    ]);
    return { statement, signer };
  }

  #introduce(): Spoken {
    const key = this.#pick(historyKeys);
    const statement = keyStatement({ key: key.named, state: 'enrolled' });
    return { statement, signer: this.#chance(80) ? key.keyId : this.#pick(historyKeys).keyId };
  }

  #stop(): Spoken {
    const holder = this.#chance(80) ? this.#holder().named : this.#pick(certified);
    const publisher = identityId(holder);
    const isStopped =
      this.#chain.stops.stopOn({ ids: [publisher] }, this.#now) !== undefined && this.#chance(60);
    const members = historyKeys.filter(({ keyId }) =>
      this.#chain.isMember(keyId, 'reviewer', this.#now),
    );
    const statement = revocationStatement({
      nonce: this.#nonce(),
      kind: isStopped ? 'lifted' : this.#pick(['suspended', 'suspended', 'suspended', 'revoked']),
      target: this.#chance(80) ? { publisher } : this.#pick(historyTargets),
      reason: 'sells malware',
    });
    const reviewers = members.map(({ keyId }) => keyId);
    return { statement, signer: this.#mostly(reviewers, [this.#administrator()]) };
  }

  #repeat(): Spoken | undefined {
    const said = this.#words.filter((one): one is LoggedStatement => !('why' in one));
    if (said.length === 0) return undefined;
    const { statement, signer, signers } = this.#pick(said);
    return { statement, signer, ...(signers === undefined ? {} : { signers }) };
  }

  /** Mostly the statement in force, else an earlier statement. */
  #mostlyNow(previous: Digest): Digest {
    return this.#chance(95) ? previous : digestOf(`statement ${this.#next() % (this.#now + 1)}`);
  }

  /** A certificate can stand for several identities, or for none. */
  #by(identity: Identity): Pick<LoggedStatement, 'signer' | 'signers'> {
    const signer = identityId(identity);
    if (isKey(identity)) return { signer };
    const all = this.#chance(40) ? unique([identity, ...this.#some(certified)]) : [identity];
    return { signer, signers: this.#chance(5) ? [] : all.map(identityId) };
  }

  /** A key that often has rights in a scope. */
  #holder(): (typeof historyKeys)[number] {
    const holders = historyKeys.filter(
      ({ keyId }) => this.#chain.scopesOf(keyId, this.#now).length > 0,
    );
    return this.#mostly(holders, historyKeys);
  }

  #administrator(): Digest {
    const all = historyKeys.filter(({ keyId }) =>
      this.#chain.isMember(keyId, 'administrator', this.#now),
    );
    return this.#mostly(all, historyKeys).keyId;
  }

  #past(): { readonly validUpTo?: number } {
    return this.#chance(60) ? { validUpTo: this.#next() % (this.#now + 1) } : {};
  }

  #nonce(): string {
    return Buffer.from(`nonce ${this.#now} of a history`).toString('base64url').slice(0, 22);
  }

  #next(): number {
    const pick = this.#picks.shift() ?? 0;
    // The picks of a step are few: each is used again, mixed.
    this.#picks.push((pick * 48_271 + 11) % 2_147_483_647);
    return pick;
  }

  #chance(percent: number): boolean {
    return this.#next() % 100 < percent;
  }

  #pick<Value>(from: readonly Value[]): Value {
    return from[this.#next() % from.length] as Value;
  }

  #mostly<Value>(likely: readonly Value[], all: readonly Value[]): Value {
    return likely.length > 0 && this.#chance(85) ? this.#pick(likely) : this.#pick(all);
  }

  #some<Value>(from: readonly Value[]): Value[] {
    return Array.from({ length: this.#next() % 5 }, () => this.#pick(from));
  }
}

function unique(identities: readonly Identity[]): Identity[] {
  return [...new Map(identities.map((one) => [identityId(one), one])).values()];
}
