/**
 * Reads identity statements by the names under which the index finds them. A row of the index only
 * says which statement to read: the statement is verified, and its names are compared.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import type { LongWork } from '../../skills-index/packages/locks/package-lock.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { FrozenStatement } from '../../skills-index/trust/members-and-scopes/ends.ts';
import {
  parseFrozenSubject,
  readLogged,
} from '../../skills-index/trust/members-and-scopes/read-logged.ts';
import type { VerifiedStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Registry } from '../context.ts';
import { bundleAt } from '../log/finish-statements.ts';
import { indexNames, indexNamesOfSubject } from '../log/logged-bundle.ts';
import { addressOrLater } from '../log/logged-statements.ts';
import { damagedStatement, envelopeOfRow } from '../log/row-texts.ts';
import { type Db, isAmong } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { identityNames } from '../store/identity-schema.ts';
import { placeholder, preparedOnce } from '../store/prepared.ts';
import { statements } from '../store/schema.ts';
import type { LoggedIdentityStatement } from './known-identities.ts';

const wordsKeptMax = 1_000;

/** How long one question reads statements that are in memory before others go on. */
const wordsTurnMs = 10;

/** The place of a statement in the log, and its address, when it is finished. */
interface WordPlace {
  readonly logIndex: number;
  readonly bundle: Digest | null;
}

type HeldWords = ReadonlyMap<Digest, VerifiedStatement>;

/**
 * The statements with one of the names, in log order.
 * @param upTo later statements are left out
 * @param held verified statements that the caller holds, by their addresses
 * @throws Problem `database-damaged` when a statement is gone that has a name
 */
export async function findIdentityStatements(
  registry: Registry,
  names: readonly string[],
  upTo: number,
  held?: HeldWords,
): Promise<LoggedIdentityStatement[]> {
  const rows = await namedRows(registry.db.read).where(
    and(isAmong(identityNames.name, names), lte(identityNames.logIndex, upTo)),
  );
  return readNamed(registry, rows, held);
}

/** As `findWords`, for one name, from a log index on, at most `limit` statements. */
export async function findSomeIdentityStatements(
  registry: Registry,
  name: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{
  readonly words: readonly LoggedIdentityStatement[];
  readonly last: number | undefined;
}> {
  const rows = await someNamed(registry.db).all({ name, after, limit });
  return { words: await readNamed(registry, rows), last: rows.at(-1)?.logIndex };
}

interface NamedRow extends WordPlace {
  readonly name: string;
  /** Null when the statement is gone. */
  readonly row: number | null;
}

const someNamed = preparedOnce((db) => {
  const { name, logIndex } = identityNames;
  return namedRows(db)
    .where(and(eq(name, placeholder(name, 'name')), gt(logIndex, placeholder(logIndex, 'after'))))
    .orderBy(asc(logIndex))
    .limit(sql.placeholder('limit'))
    .prepare();
});

/** A query for names of the index, each with the statement that it names. */
function namedRows(db: Db) {
  return db
    .select({
      name: identityNames.name,
      logIndex: identityNames.logIndex,
      row: statements.logIndex,
      bundle: statements.bundle,
    })
    .from(identityNames)
    .leftJoin(statements, eq(statements.logIndex, identityNames.logIndex));
}

async function readNamed(
  registry: Registry,
  rows: readonly NamedRow[],
  held?: HeldWords,
): Promise<LoggedIdentityStatement[]> {
  const places = new Map<number, { readonly place: WordPlace; readonly names: Set<string> }>();
  for (const { name, logIndex, row, bundle } of rows) {
    if (row === null) throw damagedStatement(logIndex);
    const one = places.get(logIndex) ?? { place: { logIndex, bundle }, names: new Set() };
    one.names.add(name);
    places.set(logIndex, one);
  }
  const found: LoggedIdentityStatement[] = [];
  for (const [, { place, names }] of [...places].sort(([a], [b]) => a - b)) {
    // A statement in memory is read without a wait, and a question may need thousands.
    if (places.size > 1) await letOthersGoOn(registry);
    const word = await readIdentityStatement(registry, place, held);
    // A row that somebody wrote under another name means nothing.
    if (namesOf(word).some((name) => names.has(name))) found.push(word);
  }
  return found;
}

/** The names under which a statement is found. */
function namesOf(word: LoggedIdentityStatement): string[] {
  if ('why' in word) return indexNamesOfSubject(word.about);
  const { statement, signer, certified } = word;
  return indexNames(statement, { signer, claims: certified?.claims });
}

/**
 * Reads a statement. When its bytes are damaged and the rows cannot restore them, reads which
 * identities it freezes, so that other identities stay usable.
 * @throws Problem `database-damaged` when the row names another statement
 */
export async function readIdentityStatement(
  registry: Registry,
  { logIndex, bundle }: WordPlace,
  held?: HeldWords,
): Promise<LoggedIdentityStatement> {
  const digest = bundle ?? (await addressOrLater(registry, logIndex));
  if (digest === undefined) {
    const bytes = await bundleAt(registry, logIndex);
    return readLogged(bytes, { logIndex, digest: digestOf(bytes) }, registry);
  }
  const kept = registry.identities.verified ?? new Map<Digest, VerifiedStatement>();
  registry.identities.verified = kept;
  const known = recall(kept, digest) ?? held?.get(digest);
  const word = known ?? (await readStored(registry, { logIndex, digest }));
  if (word.logIndex !== logIndex) throw damagedStatement(logIndex);
  if (!('why' in word)) keep(kept, digest, word, wordsKeptMax);
  return word;
}

async function readStored(
  registry: Registry,
  at: Pick<FrozenStatement, 'logIndex' | 'digest'>,
): Promise<LoggedIdentityStatement> {
  try {
    return readLogged(await requireBlob(registry, at.digest), at, registry);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'blob-damaged') throw cause;
    const [row] = await registry.db.read
      .select()
      .from(statements)
      .where(eq(statements.logIndex, at.logIndex));
    if (row === undefined || row.envelope === '') throw cause;
    const about = parseFrozenSubject(Buffer.from(envelopeOfRow(row).payload, 'base64'));
    return {
      ...at,
      about,
      why: `the statement at log index ${at.logIndex} is damaged on the registry’s disk`,
    };
  }
}

// Lets other requests go on while one question does much work in memory.

/** Waits for the others when nobody has waited for them for a while. */
export async function letOthersGoOn({ identities }: Registry): Promise<void> {
  // Date counts on Cloudflare Workers, too; the registry's own clock stands still in tests.
  const now = Date.now();
  if (now - (identities.turnAt ?? 0) < wordsTurnMs) return;
  // From a callback of a socket, the first turn comes before the loop looks at other sockets.
  await nextTurn();
  await nextTurn();
  identities.turnAt = Date.now();
}

/** Does all steps, and waits for the others between them. */
export async function doSteps<Result>(
  registry: Registry,
  steps: LongWork<Result>,
): Promise<Result> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    await letOthersGoOn(registry);
  }
}

// A map with a limit, in the order of the last use.

/** The kept value, which is now the last used. */
export function recall<Key, Value>(kept: Map<Key, Value>, key: Key): Value | undefined {
  const value = kept.get(key);
  if (value === undefined) return undefined;
  kept.delete(key);
  kept.set(key, value);
  return value;
}

/** Keeps a value as the last used, and forgets the values that were not used for longest. */
export function keep<Key, Value>(kept: Map<Key, Value>, key: Key, value: Value, max: number): void {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= max) return;
    kept.delete(oldest);
  }
}
