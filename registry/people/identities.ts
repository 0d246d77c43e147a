/**
 * Members, scopes and keys, from the signed identity statements alone: a row written into the
 * database means nothing here. Each question reads the few statements that it needs.
 */
import { and, asc, eq, gt, lte, max } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/sqlite-core';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  type IdentityStatement,
  type PublicKey,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import { keysAmong } from '../../skills-index/statement/identity-id.ts';
import type { FrozenStatement } from '../../skills-index/trust/members-and-scopes/ends.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../skills-index/trust/members-and-scopes/identity.ts';
import {
  type IdentityQuestion,
  namesIn,
  neededStatements,
  type ReplayedStatement,
} from '../../skills-index/trust/members-and-scopes/needed-statements.ts';
import type { Actor, EnrolledMember, Registry, Role } from '../context.ts';
import { isRareType } from '../store/columns/index-conditions.ts';
import { identityNames } from '../store/identity-schema.ts';
import { preparedOnce } from '../store/prepared.ts';
import { statements } from '../store/schema.ts';
import {
  findIdentityStatements,
  keep,
  readIdentityStatement,
  recall,
} from './identity-statements.ts';
import type {
  CachedAnswer,
  KnownIdentities,
  KnownMembers,
  LoggedIdentityStatement,
} from './known-identities.ts';

/**
 * Answers about members and scopes, the statements that these answers hold together, and the last
 * verified identity statements: all are kept between requests.
 */
const answersKeptMax = 64;

const answerWordsMax = 3_000;

const identityTypes = [predicateTypes.member, predicateTypes.scope, predicateTypes.key];
/** "Now": an index beyond every possible log index. */
export const latest = Number.MAX_SAFE_INTEGER;

/** The members as of the last committed statement. Nothing else can be asked of this chain. */
export async function readMembers(registry: Registry): Promise<KnownMembers> {
  return membersUpTo(registry, await lastIdentity(registry));
}

/**
 * The identities that a question needs, as of the last committed statement. Of the chain, nothing
 * else can be asked.
 */
export async function readIdentities(
  registry: Registry,
  question: IdentityQuestion,
): Promise<KnownIdentities> {
  const upTo = await lastIdentity(registry);
  const { words: members } = await membersUpTo(registry, upTo);
  const answers = keptAnswers(registry);
  const text = canonicalJson(question);
  const kept = recall(answers, text);
  if (kept?.upTo === upTo) return kept.answer;
  // An answer can need more statements than the memory of statements keeps.
  const held = new Map(kept?.answer.statements.map((word) => [word.digest, word]));
  const find = (names: readonly string[]): Promise<LoggedIdentityStatement[]> =>
    findIdentityStatements(registry, names, upTo, held);
  const words = await neededStatements(registry.root, question, { members, find });
  const answer = isOf(kept?.answer, words) ? kept.answer : chainOf(registry, words);
  keep(answers, text, { upTo, answer, words: words.length - members.length }, answersKeptMax);
  forgetAnswers(answers);
  return answer;
}

// Answers with many statements would fill the memory.
function forgetAnswers(answers: Map<string, CachedAnswer>): void {
  let words = [...answers.values()].reduce((sum, answer) => sum + answer.words, 0);
  for (const [text, answer] of answers) {
    if (words <= answerWordsMax) return;
    words -= answer.words;
    answers.delete(text);
  }
}

/** Answers questions by the chain with one more statement, which is not in the log yet. */
export type ChainFor = (question: IdentityQuestion) => Promise<Identities>;

/** The identities as they would be with one more statement at the end of the log. */
export async function readIdentitiesWith(
  registry: Registry,
  added: LoggedStatement,
): Promise<ChainFor> {
  const upTo = await lastIdentity(registry);
  const known = await membersUpTo(registry, upTo);
  const isMember = added.statement.predicateType === predicateTypes.member;
  const members: readonly ReplayedStatement[] = isMember ? [...known.words, added] : known.words;
  const own = new Set(namesIn(added.statement));
  const find = async (names: readonly string[]): Promise<ReplayedStatement[]> => {
    const found = await findIdentityStatements(registry, names, upTo);
    return names.some((name) => own.has(name)) ? [...found, added] : found;
  };
  return async (question) => {
    const words = await neededStatements(registry.root, question, { members, find });
    return chainIdentities(registry.root, words.filter(isLogged), words.filter(isFrozen));
  };
}

async function membersUpTo(registry: Registry, upTo: number): Promise<KnownMembers> {
  const kept = registry.identities.members;
  if (kept?.upTo === upTo) return kept.answer;
  const answers = keptAnswers(registry);
  const after = Math.min(kept?.upTo ?? -1, upTo);
  const words = (kept?.answer.words ?? []).filter(({ logIndex }) => logIndex <= after);
  const rows = await registry.db.read
    .select({ logIndex: statements.logIndex, bundle: statements.bundle })
    .from(statements)
    .where(
      and(
        eq(statements.predicateType, predicateTypes.member),
        isRareType(statements.predicateType),
        gt(statements.logIndex, after),
        lte(statements.logIndex, upTo),
      ),
    )
    .orderBy(asc(statements.logIndex));
  for (const row of rows) words.push(await readIdentityStatement(registry, row));
  const find = (names: readonly string[]): Promise<LoggedIdentityStatement[]> =>
    findIdentityStatements(registry, names, upTo);
  const needed = await neededStatements(registry.root, {}, { members: words, find });
  const answer = isOf(kept?.answer, needed)
    ? kept.answer
    : { ...chainOf(registry, needed), words, keys: memberKeys(registry, words) };
  // Of two requests, the one that read less may end later. And names may have been restored since
  // the reading: then the answers were forgotten.
  const isCurrent = registry.identities.answers === answers;
  if (isCurrent && upTo >= (registry.identities.members?.upTo ?? -1))
    registry.identities.members = { upTo, answer };
  return answer;
}

function keptAnswers({ identities }: Registry): Map<string, CachedAnswer> {
  identities.answers ??= new Map<string, CachedAnswer>();
  return identities.answers;
}

// The log index of the last statement that can change an answer. Reading stops there, so that an
// answer does not mix the statements of two moments. Statements on members have no names, and all
// others that can change an answer have one.
async function lastIdentity({ db }: Registry): Promise<number> {
  const rows = await lastIdentities(db).all();
  return Math.max(-1, ...rows.map(({ last }) => last ?? -1));
}

const lastIdentities = preparedOnce((db) => {
  const members = db
    .select({ last: max(statements.logIndex) })
    .from(statements)
    .where(
      and(
        eq(statements.predicateType, predicateTypes.member),
        isRareType(statements.predicateType),
      ),
    );
  const named = db.select({ last: max(identityNames.logIndex) }).from(identityNames);
  return unionAll(members, named).prepare();
});

function chainOf(registry: Registry, words: readonly LoggedIdentityStatement[]): KnownIdentities {
  const verified = words.filter(isLogged);
  const frozen = words.filter(isFrozen);
  return { chain: chainIdentities(registry.root, verified, frozen), statements: verified, frozen };
}

/** Whether an answer was computed from exactly these statements. */
function isOf<Answer extends KnownIdentities>(
  answer: Answer | undefined,
  words: readonly LoggedIdentityStatement[],
): answer is Answer {
  if (answer === undefined) return false;
  const known = new Set<LoggedIdentityStatement>([...answer.statements, ...answer.frozen]);
  return known.size === words.length && words.every((word) => known.has(word));
}

function isLogged<Logged extends LoggedStatement>(word: Logged | FrozenStatement): word is Logged {
  return !('why' in word);
}

function isFrozen(word: ReplayedStatement): word is FrozenStatement {
  return 'why' in word;
}

function memberKeys(
  registry: Registry,
  words: readonly LoggedIdentityStatement[],
): ReadonlyMap<Digest, PublicKey> {
  const root = registry.root.administrators.map(({ keyId, key }) => ({ keyId, spki: key }));
  const named = words
    .filter(isLogged)
    .flatMap(({ statement }) => (isIdentityStatement(statement) ? keysOfStatement(statement) : []));
  return new Map([...root, ...named].map((key) => [key.keyId, key]));
}

/**
 * The member that a key belongs to now. A root-file member without a statement is named by the key:
 * a number would belong to somebody else under the next root file.
 */
export function memberNow(
  registry: Registry,
  chain: Identities,
  keyId: Digest,
): EnrolledMember | undefined {
  const enrolled = chain.memberOf(keyId, latest);
  if (enrolled !== undefined || !chain.isMember(keyId, 'administrator', latest)) return enrolled;
  const isOnly = registry.root.administrators.length === 1;
  return {
    name: isOnly ? 'administrator' : `administrator ${hexOf(keyId).slice(0, 12)}`,
    roles: ['administrator'],
  };
}

/**
 * Requires one of the roles.
 * @throws Problem `forbidden`
 */
export function requireRole(actor: Actor, roles: readonly Role[]): EnrolledMember {
  if (actor.member === undefined || !roles.some((role) => actor.member?.roles.includes(role))) {
    throw new Problem(
      'forbidden',
      `Only a member with the role ${roles.join(' or ')} may send this request`,
    );
  }
  return actor.member;
}

/** Keys that an identity statement names in its predicate. */
export function keysOfStatement(statement: IdentityStatement): readonly PublicKey[] {
  switch (statement.predicateType) {
    case predicateTypes.member:
      return statement.predicate.key === undefined ? [] : [statement.predicate.key];
    case predicateTypes.scope:
      return keysAmong([...statement.predicate.owners, ...(statement.predicate.publishers ?? [])]);
    case predicateTypes.key:
      return [statement.predicate.key];
  }
}

/** Whether a statement is about members, scopes or keys. */
export function isIdentityStatement(
  statement: LoggedStatement['statement'],
): statement is IdentityStatement {
  return identityTypes.some((type) => type === statement.predicateType);
}
