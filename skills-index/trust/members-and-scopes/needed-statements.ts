/**
 * Selects the identity statements that a question needs. Chaining the selected statements gives the
 * same answer to the question as chaining all statements of the log.
 *
 * The selection is closed: whether a selected statement counts depends on selected statements only.
 * - A claim of a scope depends on the earlier claims of the scope, and on the keys of the claims'
 *   signers: their ends, their predecessors and successors, and their suspensions.
 * - The declaration of a successor depends on everything that named the successor before.
 * - The lift of a suspension depends on everybody who has rights in a scope of the publisher.
 * - Statements on members depend on the ends of members' keys. Every question needs them.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import { type RootFile, rootKeyId } from '../root/root.ts';
import { keysOfRole } from '../root/root-role.ts';
import type { FrozenStatement, FrozenSubject } from './ends.ts';
import type { LoggedStatement } from './identities.ts';
import { idsOf } from './match.ts';

// The names by which an index finds an identity statement. With the index, a reader of a large log
// finds the few statements that a question needs.

/** Finds the statements about a scope. */
function scopeName(scope: Scope): string {
  return `@${scope}`;
}

/** Finds the key statements about an id, and the suspensions and revocations of an id. */
export function idName(id: string): string {
  return id;
}

/** Finds the scope statements that name an id as an owner or publisher. */
export function holderName(id: string): string {
  return `in ${id}`;
}

/**
 * The names of a scope statement, a key statement, or a suspension, lift or revocation of a
 * publisher; empty for every other statement. Statements on members have no names, because every
 * question needs all of them.
 */
export function namesIn(statement: Statement): string[] {
  switch (statement.predicateType) {
    case predicateTypes.scope: {
      const { scope, owners, publishers = [] } = statement.predicate;
      const holders = [...owners, ...publishers].map((one) => holderName(identityId(one)));
      return [...new Set([scopeName(scope), ...holders])];
    }
    case predicateTypes.key: {
      const { key, replaces } = statement.predicate;
      return [...new Set([key.keyId, ...given(replaces)])].map(idName);
    }
    case predicateTypes.revocation: {
      const { target } = statement.predicate;
      return 'publisher' in target ? [idName(target.publisher)] : [];
    }
    default:
      return [];
  }
}

/** The names of a statement that cannot be verified, as far as its subject tells. */
export function namesOfSubject({ scope, id }: FrozenSubject): string[] {
  return [...(scope === undefined ? [] : [scopeName(scope)]), ...given(id).map(idName)];
}

function given<Value extends Digest | string>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}

/** The subjects of a question. Statements on members always belong to the answer. */
export interface IdentityQuestion {
  /** Scopes whose owners and publishers are asked for, with all rights of these. */
  readonly scopes?: readonly Scope[];
  /** Keys and identities whose ends, successors and suspensions are asked for. */
  readonly ids?: readonly Digest[];
  /** Keys and identities whose scopes are asked for. */
  readonly rightsOf?: readonly Digest[];
  /** Publishers for whom somebody may act: the question reaches all who share a scope with them. */
  readonly behind?: readonly Digest[];
}

/** A statement of the log, verified or frozen. */
export type ReplayedStatement<Logged extends LoggedStatement = LoggedStatement> =
  | Logged
  | FrozenStatement;

/** Finds statements by the names of `namesIn` and `namesOfSubject`. */
type FindNamed<Logged extends LoggedStatement = LoggedStatement> = (
  names: readonly string[],
) => Promise<readonly ReplayedStatement<Logged>[]>;

/**
 * The statements that a question needs, in log order.
 * @param members all statements on members
 */
export async function neededStatements<Logged extends LoggedStatement>(
  root: RootFile,
  question: IdentityQuestion,
  {
    members,
    find,
  }: {
    readonly members: readonly ReplayedStatement<Logged>[];
    readonly find: FindNamed<Logged>;
  },
): Promise<ReplayedStatement<Logged>[]> {
  const selection = new Selection<Logged>(root, members, question);
  for (;;) {
    const names = selection.wanted();
    if (names.length === 0) return selection.statements();
    selection.add(names, await find(names));
  }
}

class Selection<Logged extends LoggedStatement> {
  readonly #found = new Map<number, ReplayedStatement<Logged>>();
  /** The found statements by the ids and scopes that decide what each statement needs. */
  readonly #mentions = new Map<string, Logged[]>();
  /** Statements to look at, for the first time or because more is asked of their subjects. */
  readonly #due = new Set<Logged>();
  readonly #asked = new Set<string>();
  readonly #wanted = new Set<string>();
  readonly #members: ReadonlySet<Digest>;
  /**
   * Ids whose statements count for the question. Of a member's key, otherwise only ends and
   * successors do.
   */
  readonly #ids = new Set<Digest>();
  /** Ids of which it matters which claims count that name them. */
  readonly #named = new Set<Digest>();
  /** Ids whose scopes matter, also those that they have as successors. */
  readonly #rights = new Set<Digest>();
  readonly #behind = new Set<Digest>();
  readonly #scopes = new Set<Scope>();
  readonly #judged = new Set<Scope>();

  constructor(
    root: RootFile,
    members: readonly ReplayedStatement<Logged>[],
    { scopes = [], ids = [], rightsOf = [], behind = [] }: IdentityQuestion,
  ) {
    this.#members = new Set([
      ...keysOfRole(root, 'administrator').map(rootKeyId),
      ...members.flatMap((one) => memberKey(one)),
    ]);
    for (const one of members) this.#find(one);
    for (const id of this.#members) this.#want(idName(id));
    for (const scope of scopes) this.#askScope(scope);
    for (const id of ids) this.#askId(id);
    for (const id of rightsOf) this.#askRights(id);
    for (const id of behind) this.#askBehind(id);
  }

  /** The names to look for next; empty when the selection is closed. */
  wanted(): string[] {
    return [...this.#wanted];
  }

  add(names: readonly string[], found: readonly ReplayedStatement<Logged>[]): void {
    for (const name of names) this.#wanted.delete(name);
    for (const one of found) this.#find(one);
    // A long line of keys takes many rounds. Each round looks only at what can have changed.
    for (const one of this.#due) {
      this.#due.delete(one);
      this.#follow(one);
    }
  }

  statements(): ReplayedStatement<Logged>[] {
    return [...this.#found.values()].sort((a, b) => a.logIndex - b.logIndex);
  }

  #find(one: ReplayedStatement<Logged>): void {
    if (this.#found.has(one.logIndex)) return;
    this.#found.set(one.logIndex, one);
    if ('why' in one) return;
    for (const name of mentionsOf(one.statement)) {
      const known = this.#mentions.get(name);
      if (known === undefined) this.#mentions.set(name, [one]);
      else known.push(one);
    }
    this.#due.add(one);
  }

  /** Adds a subject to a set that `#follow` reads. */
  #grow<Value extends string>(set: Set<Value>, value: Value, subject: string): void {
    if (set.has(value)) return;
    set.add(value);
    for (const one of this.#mentions.get(subject) ?? []) this.#due.add(one);
  }

  #follow(logged: Logged): void {
    const { statement } = logged;
    switch (statement.predicateType) {
      case predicateTypes.scope: {
        const { scope, owners, publishers = [] } = statement.predicate;
        const holders = [...owners, ...publishers].map(identityId);
        if (holders.some((id) => this.#behind.has(id))) this.#askScope(scope);
        if (holders.some((id) => this.#named.has(id))) this.#judgeScope(scope);
        if (this.#judged.has(scope)) for (const id of idsOf(logged)) this.#askId(id);
        if (this.#scopes.has(scope)) for (const id of holders) this.#askId(id);
        return;
      }
      case predicateTypes.key: {
        const { key, replaces } = statement.predicate;
        if (replaces !== undefined) this.#followSuccession(replaces, key.keyId);
        return;
      }
      case predicateTypes.revocation: {
        const { kind, target } = statement.predicate;
        if (kind === 'lifted' && 'publisher' in target && this.#ids.has(target.publisher))
          this.#askBehind(target.publisher);
        return;
      }
    }
  }

  #followSuccession(old: Digest, key: Digest): void {
    if (this.#ids.has(old) || this.#ids.has(key) || this.#members.has(old)) {
      this.#askId(old);
      // A successor is a new key, so everything that named the key before matters.
      this.#askNamed(key);
    }
    if (this.#rights.has(key)) this.#askRights(old);
    if (this.#behind.has(old)) this.#askBehind(key);
    if (this.#behind.has(key)) this.#askBehind(old);
  }

  #want(name: string): void {
    if (this.#asked.has(name)) return;
    this.#asked.add(name);
    this.#wanted.add(name);
  }

  #askScope(scope: Scope): void {
    this.#grow(this.#scopes, scope, scopeName(scope));
    this.#judgeScope(scope);
  }

  #judgeScope(scope: Scope): void {
    this.#grow(this.#judged, scope, scopeName(scope));
    this.#want(scopeName(scope));
  }

  #askId(id: Digest): void {
    this.#grow(this.#ids, id, idName(id));
    this.#want(idName(id));
  }

  #askNamed(id: Digest): void {
    this.#askId(id);
    this.#grow(this.#named, id, idName(id));
    this.#want(holderName(id));
  }

  #askRights(id: Digest): void {
    this.#askNamed(id);
    this.#grow(this.#rights, id, idName(id));
  }

  #askBehind(id: Digest): void {
    this.#askRights(id);
    this.#grow(this.#behind, id, idName(id));
  }
}

function mentionsOf(statement: Statement): string[] {
  if (statement.predicateType !== predicateTypes.scope) return namesIn(statement);
  const { scope, owners, publishers = [] } = statement.predicate;
  const holders = [...owners, ...publishers].map((one) => idName(identityId(one)));
  return [...new Set([scopeName(scope), ...holders])];
}

function memberKey(one: ReplayedStatement): Digest[] {
  if ('why' in one) return one.about.id === undefined ? [] : [one.about.id as Digest];
  if (one.statement.predicateType !== predicateTypes.member) return [];
  const { key } = one.statement.predicate;
  return key === undefined ? [] : [key.keyId];
}
