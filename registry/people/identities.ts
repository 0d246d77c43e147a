/**
 * Members, scopes and keys, from the signed identity statements alone: a row written into the
 * database means nothing here.
 */
import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/sqlite-core';
import { type Digest, hexOf, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type IdentityStatement,
  type PublicKey,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import { keysAmong } from '../../skills-index/statement/identity-id.ts';
import { parseEnvelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { FrozenStatement } from '../../skills-index/trust/members-and-scopes/frozen-statement.ts';
import { parseFrozenSubject } from '../../skills-index/trust/members-and-scopes/frozen-subject.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../skills-index/trust/members-and-scopes/identity.ts';
import { readLogged } from '../../skills-index/trust/members-and-scopes/read-logged.ts';
import type { VerifiedStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Actor, EnrolledMember, Principal, Registry, Role } from '../context.ts';
import { finishStatements } from '../log/finish-statements.ts';
import { requireBlob } from '../store/blobs.ts';
import { statements } from '../store/schema.ts';
import type { KnownIdentities } from './known-identities.ts';

const identityTypes = [predicateTypes.member, predicateTypes.scope, predicateTypes.key];
/** "Now": an index beyond every possible log index. */
export const latest = Number.MAX_SAFE_INTEGER;

/** The identities as of the last committed statement. */
export async function readIdentities(registry: Registry): Promise<KnownIdentities> {
  const { known } = registry.identities;
  const rows = await identityRows(registry, known?.logIndex ?? -1);
  if (known !== undefined && rows.length === 0) return known;
  const verified = [...(known?.statements ?? [])];
  const frozen = [...(known?.frozen ?? [])];
  for (const { logIndex, bundle } of rows) {
    const address = bundle ?? (await finishStatements(registry, [logIndex]))[0]?.digest;
    if (!isDigest(address)) throw new Problem('internal', `Statement ${logIndex} has no address`);
    const identity = await readIdentity(registry, { logIndex, digest: address });
    if ('why' in identity) frozen.push(identity);
    else verified.push(identity);
  }
  const fresh: KnownIdentities = {
    chain: chainIdentities(registry.root, verified, frozen),
    statements: verified,
    frozen,
    logIndex: rows.at(-1)?.logIndex ?? -1,
    keys: keysIn(registry, verified),
    memberKeys: memberKeysIn(registry, verified),
  };
  registry.identities.known = fresh;
  return fresh;
}

/**
 * Reads a statement. When its bytes are damaged and the rows cannot restore them, reads which
 * identities it freezes, so that other identities stay usable.
 */
async function readIdentity(
  registry: Registry,
  at: Pick<FrozenStatement, 'logIndex' | 'digest'>,
): Promise<VerifiedStatement | FrozenStatement> {
  try {
    return readLogged(await requireBlob(registry, at.digest), at, registry);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'blob-damaged') throw cause;
    const [row] = await registry.db.read
      .select()
      .from(statements)
      .where(eq(statements.logIndex, at.logIndex));
    if (row === undefined) throw cause;
    const about = parseFrozenSubject(
      Buffer.from(parseEnvelope(JSON.parse(row.envelope)).payload, 'base64'),
    );
    return {
      ...at,
      about,
      why: `the statement at log index ${at.logIndex} is damaged on the registry’s disk`,
    };
  }
}

// One query, so that no statement commits between two queries. It has a part for each type, so that
// SQLite reads each part in order from an index.
async function identityRows(
  { db }: Registry,
  after: number,
): Promise<{ logIndex: number; bundle: Digest | null }[]> {
  const { member, scope, key, revocation } = predicateTypes;
  const later = gt(statements.logIndex, after);
  const of = (type: string) =>
    db.read
      .select({ logIndex: statements.logIndex, bundle: statements.bundle })
      .from(statements)
      .where(and(eq(statements.predicateType, type), later));
  // Suspensions and revocations of publishers.
  const words = db.read
    .select({ logIndex: statements.logIndex, bundle: statements.bundle })
    .from(statements)
    .where(and(eq(statements.predicateType, revocation), isNull(statements.versionId), later));
  return unionAll(of(member), of(scope), of(key), words).orderBy(asc(statements.logIndex));
}

/** The actor that a subject is now; undefined when no member or scope has it. */
export async function actorOf(registry: Registry, subject: Principal): Promise<Actor | undefined> {
  const { chain } = await readIdentities(registry);
  if (subject.kind === 'passkey') {
    const found = chain.passkeyOf(subject.credentialId, latest);
    return found === undefined ? undefined : { subject, member: found.member, scopes: [] };
  }
  const member = memberNow(registry, chain, subject.keyId);
  const owned = chain.scopesOf(subject.keyId, latest);
  if (member === undefined && owned.length === 0) return undefined;
  return { subject, scopes: owned, ...(member === undefined ? {} : { member }) };
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

function memberKeysIn(registry: Registry, verified: readonly LoggedStatement[]): PublicKey[] {
  const named = verified.flatMap(({ statement }) =>
    statement.predicateType === predicateTypes.member ? keysOfStatement(statement) : [],
  );
  return [...rootKeys(registry), ...named];
}

function rootKeys(registry: Registry): PublicKey[] {
  return registry.root.administrators.map(({ keyId, key }) => ({ keyId, spki: key }));
}

function keysIn(
  registry: Registry,
  verified: readonly LoggedStatement[],
): ReadonlyMap<Digest, PublicKey> {
  const named = verified.flatMap(({ statement }) =>
    isIdentityStatement(statement) ? keysOfStatement(statement) : [],
  );
  return new Map([...rootKeys(registry), ...named].map((key) => [key.keyId, key]));
}
