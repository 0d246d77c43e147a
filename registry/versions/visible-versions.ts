/**
 * The state with which a version is shown. A stop of a publisher, or its lift, counts from its log
 * entry on, and the rows of the publisher's versions follow in slices. Everybody who shows or
 * judges the state of a version reads it here, so that nobody sees a row that the slices have not
 * reached.
 */
import { and, asc, eq, getTableColumns, gt, sql } from 'drizzle-orm';
import { type Digest, hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import {
  type IdentityStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import {
  activeStop,
  type LoggedRevocation,
} from '../../skills-index/trust/decision/active-stop.ts';
import {
  couldPublish,
  type Published,
  whyFallen,
} from '../../skills-index/trust/members-and-scopes/fallen.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import {
  bundleMapName,
  versionMapName,
} from '../../skills-index/trust/members-and-scopes/map-names.ts';
import type { Registry } from '../context.ts';
import { approvalFactIn } from '../log/segments/statement-fact.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { findIdentityStatements, letOthersGoOn } from '../people/identity-statements.ts';
import type { KnownIdentities, LoggedIdentityStatement } from '../people/known-identities.ts';
import { pendingStops } from '../store/advice-schema.ts';
import { isAmong } from '../store/batch.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { isRareType } from '../store/columns/index-conditions.ts';
import { statements, versions } from '../store/schema.ts';
import { addressOf, type StatementRow } from './manifests.ts';
import { questionAbout, speakerOf } from './publishers.ts';
import { movesFrom, type VersionState } from './status.ts';
import type { MoveRow, VersionRow } from './versions.ts';

export type PendingStop = typeof pendingStops.$inferSelect;

/** What decides about the state of a version. */
export type MovableVersion = Pick<
  VersionRow,
  'id' | 'name' | 'version' | 'bundle' | 'publisher' | 'status'
>;

/** A version as it is shown. Its row lacks the move `due`, if there is one. */
export type VisibleVersion<Row> = Row & { readonly due?: MoveRow };

/** A row, and 1 where any stop was pending when it was read, otherwise 0. */
export type MaybePending<Row> = Row & { readonly pending: number };

/** The columns that `readShown` reads, in one query: a version, and whether any stop is pending. */
export const visibleColumns = {
  ...getTableColumns(versions),
  pending: sql<number>`EXISTS (SELECT 1 FROM ${pendingStops})`,
};

/**
 * Reads versions as they are shown.
 * @param read reads rows with `shownColumns`; it is called again while a stop is pending
 */
export async function readVisible<Row extends MovableVersion>(
  registry: Registry,
  read: () => Promise<readonly MaybePending<Row>[]>,
): Promise<VisibleVersion<Row>[]> {
  const found = await read();
  if (found.every(({ pending }) => pending === 0)) return [...found];
  const stops = await readPendingStops(registry);
  const rows = await read();
  const due = await dueMoves(registry, stops, rows);
  return rows.map((row) => {
    const move = due.get(row.id);
    return move === undefined ? row : { ...row, status: move.to, due: move };
  });
}

/**
 * The stops that have not reached all rows. They are read before the rows: a slice between the two
 * reads has moved the rows already, and the other way round nobody would know of the stop.
 */
export async function readPendingStops({ db }: Registry): Promise<readonly PendingStop[]> {
  return db.read.select().from(pendingStops).orderBy(asc(pendingStops.publisher));
}

/**
 * The moves that the log demands of rows that the slices have not reached, by the versions' ids.
 * @param stops from `readPendingStops`, read before the rows
 */
export async function dueMoves(
  registry: Registry,
  stops: readonly PendingStop[],
  rows: readonly MovableVersion[],
): Promise<ReadonlyMap<string, MoveRow>> {
  const movable = rows.filter(({ status }) => movesFrom(status, 'statement').length > 0);
  const ended = stops.filter(({ kind }) => kind === 'ended');
  const onPublishers = stops.filter(({ kind }) => kind !== 'ended');
  return new Map([
    ...(await stopMoves(registry, onPublishers, movable)),
    ...(await fallMoves(registry, ended, movable)),
  ]);
}

/** The revocations of versions that rest on a key or a membership that was ended. */
async function fallMoves(
  registry: Registry,
  ended: readonly PendingStop[],
  rows: readonly MovableVersion[],
): Promise<ReadonlyMap<string, MoveRow>> {
  const moves = new Map<string, MoveRow>();
  const [cause] = ended.toSorted((a, b) => b.logIndex - a.logIndex);
  const revocable = rows.filter(({ status }) => movesFrom(status, 'statement').includes('revoked'));
  if (cause === undefined || revocable.length === 0) return moves;
  const fallen = await whyFallenOf(registry, revocable);
  const at = new Date(cause.at);
  for (const { id, status } of revocable) {
    const why = fallen.get(id);
    if (why === undefined) continue;
    const said = `${why} (log index ${cause.logIndex})`;
    moves.set(id, { at, from: status, to: 'revoked', by: cause.by, why: said });
  }
  return moves;
}

async function stopMoves(
  registry: Registry,
  stops: readonly PendingStop[],
  movable: readonly MovableVersion[],
): Promise<ReadonlyMap<string, MoveRow>> {
  const moves = new Map<string, MoveRow>();
  if (stops.length === 0 || movable.length === 0) return moves;
  const publications = await publicationsOf(registry, movable);
  const words = await revocationsOf(registry, movable);
  const known = new Map<string, KnownIdentities>();
  for (const row of movable) {
    await letOthersGoOn(registry);
    const publication = publications.get(row.id);
    if (publication === undefined) continue;
    const speaker = speakerOf(row, publication);
    const question = questionAbout(speaker);
    const asked = JSON.stringify(question);
    const people = known.get(asked) ?? (await readIdentities(registry, question));
    known.set(asked, people);
    const about = stops.filter(({ publisher }) => people.chain.stops.isAbout(publisher, speaker));
    if (about.length === 0) continue;
    const { signer, logIndex } = publication;
    const publish = { signer, signers: speaker.ids, logIndex };
    const stop = activeStop(
      { root: registry.root, identities: people.chain, version: row, publish },
      [...people.statements.flatMap(revocation), ...words],
    );
    const move = moveTo(row.status, stop?.kind ?? 'approved', about, stop?.reason);
    if (move !== undefined) moves.set(row.id, move);
  }
  return moves;
}

/**
 * The move to the state that the log demands. Only a lift lets a version go: a suspension that lost
 * its effect because its signer no longer counts does not.
 */
function moveTo(
  from: VersionState,
  to: 'approved' | 'suspended' | 'revoked',
  about: readonly PendingStop[],
  reason = '',
): MoveRow | undefined {
  if (!movesFrom(from, 'statement').includes(to)) return undefined;
  const wanted = to === 'approved' ? 'lifted' : to;
  const cause = about.findLast(({ kind }) => kind === wanted);
  if (cause !== undefined)
    return { at: new Date(cause.at), from, to, by: cause.by, why: cause.why };
  const [first] = about;
  if (to === 'approved' || first === undefined) return undefined;
  return { at: new Date(first.at), from, to, by: 'registry', why: reason };
}

type Publication = Pick<
  typeof statements.$inferSelect,
  'versionId' | 'signer' | 'logIndex' | 'material'
>;

async function publicationsOf(
  { db }: Registry,
  rows: readonly MovableVersion[],
): Promise<ReadonlyMap<string, Publication>> {
  const { logIndex, material, predicateType, signer, versionId } = statements;
  const ids = rows.map(({ id }) => id);
  const found = await db.read
    .select({ versionId, signer, logIndex, material })
    .from(statements)
    .where(and(isAmong(versionId, ids), eq(predicateType, predicateTypes.publish)));
  return new Map(found.map((row) => [row.versionId ?? '', row]));
}

/** Suspensions, lifts and revocations of a version, of its bundle and of its publisher. */
export async function revocationsAbout(
  registry: Registry,
  row: MovableVersion,
  people: KnownIdentities,
): Promise<LoggedRevocation[]> {
  return [...people.statements.flatMap(revocation), ...(await revocationsOf(registry, [row]))];
}

/** Suspensions, lifts and revocations of single versions and bundles. */
async function revocationsOf(
  registry: Registry,
  rows: readonly MovableVersion[],
): Promise<LoggedRevocation[]> {
  const names = rows.flatMap(({ bundle, name, version }) => [
    bundleMapName(bundle),
    versionMapName(name, version),
  ]);
  return (await findIdentityStatements(registry, names, latest)).flatMap(revocation);
}

function revocation(word: LoggedIdentityStatement): LoggedRevocation[] {
  if ('why' in word || word.statement.predicateType !== predicateTypes.revocation) return [];
  return [{ ...word, statement: word.statement }];
}

// Finds the versions that stop counting when a key or a membership is ended for a past log index.
// Installers see the ending by the map of the log. The registry revokes each such version, so that
// people and the index see it, too.

/**
 * The last log index that still counts, for a statement that ends something backwards; undefined
 * for every other statement.
 */
export function endsBackwards(statement: IdentityStatement, logIndex: number): number | undefined {
  if (statement.predicateType === predicateTypes.scope) return undefined;
  const { state, validUpTo } = statement.predicate;
  return state === 'ended' && validUpTo !== undefined && validUpTo < logIndex
    ? validUpTo
    : undefined;
}

/** Why each of these versions stops counting, by their ids: those that count have none. */
async function whyFallenOf(
  registry: Registry,
  rows: readonly Pick<VersionRow, 'id' | 'name' | 'publisher'>[],
): Promise<ReadonlyMap<string, string>> {
  const ids = rows.map(({ id }) => id);
  const found = await registry.db.read
    .select()
    .from(statements)
    .where(isAmong(statements.versionId, ids));
  const byVersion = Map.groupBy(found, ({ versionId }) => versionId);
  const fallen = new Map<string, string>();
  for (const { id, name, publisher } of rows) {
    await letOthersGoOn(registry);
    const scope = scopeOf(name);
    const { chain } = await readIdentities(registry, { scopes: [scope] });
    const about = byVersion.get(id)?.sort((a, b) => a.logIndex - b.logIndex) ?? [];
    const why = await whyVersionFell(registry, chain, { scope, publisher }, about);
    if (why !== undefined) fallen.set(id, why);
  }
  return fallen;
}

/**
 * The next versions that entered the index behind a log index. The verification summary is the last
 * statement on which a version rests, so no other version rests on a statement behind the index.
 * @param after the log index, or `next` of the page before
 */
export async function enteredBehind(
  { db }: Registry,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<VersionPage> {
  const found = await db.read
    .select({ row: versions, logIndex: statements.logIndex })
    .from(statements)
    .innerJoin(versions, eq(versions.id, statements.versionId))
    .where(
      and(
        eq(statements.predicateType, predicateTypes.summary),
        isRareType(statements.predicateType),
        gt(statements.logIndex, Number(after)),
      ),
    )
    .orderBy(asc(statements.logIndex))
    .limit(limit);
  const last = found.length < limit ? undefined : found.at(-1);
  return { rows: found.map(({ row }) => row), next: last && String(last.logIndex) };
}

// Installers require that every statement in the verification summary holds, so one that no longer
// counts is enough.
async function whyVersionFell(
  registry: Registry,
  chain: Identities,
  published: Published,
  all: readonly StatementRow[],
): Promise<string | undefined> {
  const doubtful = all.filter((row) => mayHaveFallen(chain, published, row));
  if (doubtful.length === 0) return undefined;
  const summary = all.findLast((row) => row.predicateType === predicateTypes.summary);
  const statement = summary && (await readStatement(registry, summary));
  if (statement?.predicateType !== predicateTypes.summary) return undefined;
  const named = new Set(statement.predicate.inputAttestations.map(({ digest }) => digest.sha256));
  const inputs = doubtful.filter((row) => row.bundle !== null && named.has(hexOf(addressOf(row))));
  for (const row of inputs) {
    const { signer, logIndex } = row;
    const input = { statement: await readStatement(registry, row), signer, logIndex };
    const why = whyFallen(chain, published, input);
    if (why !== undefined) return why;
  }
  return undefined;
}

/**
 * Whether a statement perhaps no longer counts, by its row alone: the statements of older versions
 * are objects, and a registry has too many versions to read an object for each.
 */
function mayHaveFallen(chain: Identities, published: Published, row: StatementRow): boolean {
  const { predicateType, signer, logIndex } = row;
  switch (predicateType) {
    case predicateTypes.publish:
      return !couldPublish(chain, published, logIndex);
    case predicateTypes.scan:
      return !chain.isMember(signer, 'scanner', logIndex);
    case predicateTypes.approval: {
      // The registry signs for a passkey.
      const passkey = approvalFactIn(row).credentialId;
      const member =
        passkey === undefined
          ? chain.memberOf(signer, logIndex)
          : chain.passkeyOf(passkey, logIndex)?.member;
      return !member?.roles.includes('reviewer');
    }
    default:
      return false;
  }
}

// Versions that a stop of a publisher can be about, a page at a time along indexes, so that few
// versions of other publishers are read.

interface VersionPage {
  readonly rows: readonly VersionRow[];
  /** The place behind the last row; undefined behind the last version. */
  readonly next: string | undefined;
}

/** Versions by one publisher, or by everybody who signed with a certificate. */
interface Source {
  readonly name: string;
  /** @param after what `read` gave for the last row before; empty at the beginning */
  read(
    after: string,
    limit: number,
  ): Promise<readonly { readonly row: VersionRow; readonly place: string }[]>;
}

/**
 * The next versions of the publisher, of the keys that replaced the publisher, and of certificates:
 * only a certificate gives a publisher further identities. The caller asks of each whether a stop
 * is about it.
 * @param after `next` of the page before; empty at the beginning
 */
export async function publisherVersions(
  registry: Registry,
  publisher: Digest,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<VersionPage> {
  const { chain } = await readIdentities(registry, { rightsOf: [publisher] });
  const heirs = chain.stops.heirsOf(publisher).sort();
  const isKey = chain.keyOf(publisher) !== undefined;
  const sources = [
    ...heirs.map((heir) => publishedBy(registry, heir)),
    // No certificate has a key among its identities.
    ...(isKey ? [] : [certified(registry)]),
  ];
  const [name = '', place = ''] = after.split(' ');
  const at = Math.max(
    0,
    sources.findIndex((source) => source.name === name),
  );
  const page = (await sources[at]?.read(place, limit)) ?? [];
  const last = page.length < limit ? undefined : page.at(-1);
  const [source, goesOn] = last === undefined ? [sources[at + 1], ''] : [sources[at], last.place];
  return {
    rows: page.map(({ row }) => row),
    next: source === undefined ? undefined : `${source.name} ${goesOn}`,
  };
}

function publishedBy({ db }: Registry, publisher: Digest): Source {
  return {
    name: publisher,
    read: async (after, limit) => {
      const rows = await db.read
        .select()
        .from(versions)
        .where(
          and(
            hasDigest(versions.publisher, publisher),
            gt(versions.logIndex, after === '' ? Number.MIN_SAFE_INTEGER : Number(after)),
          ),
        )
        .orderBy(asc(versions.logIndex))
        .limit(limit);
      return rows.map((row) => ({ row, place: String(row.logIndex) }));
    },
  };
}

function certified({ db }: Registry): Source {
  return {
    name: 'certificates',
    read: async (after, limit) => {
      const rows = await db.read
        .select({ row: versions, certificate: statements.certificate })
        .from(statements)
        .innerJoin(versions, eq(versions.id, statements.versionId))
        .where(
          and(
            gt(statements.certificate, after === '' ? ('' as Digest) : parseDigest(after)),
            eq(statements.predicateType, predicateTypes.publish),
          ),
        )
        .orderBy(asc(statements.certificate))
        .limit(limit);
      return rows.map(({ certificate, row }) => ({ row, place: certificate ?? '' }));
    },
  };
}
