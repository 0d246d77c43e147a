/**
 * The state with which a version is shown. A stop of a publisher, or its lift, counts from its log
 * entry on, and the rows of the publisher's versions follow in slices. Everybody who shows or
 * judges the state of a version reads it here, so that nobody sees a row that the slices have not
 * reached.
 */
import { and, asc, eq, getTableColumns, sql } from 'drizzle-orm';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import {
  activeStop,
  type LoggedRevocation,
} from '../../skills-index/trust/decision/active-stop.ts';
import {
  bundleMapName,
  versionMapName,
} from '../../skills-index/trust/members-and-scopes/map-names.ts';
import type { Registry } from '../context.ts';
import { latest, readIdentities } from '../people/identities.ts';
import type { KnownIdentities, LoggedWord } from '../people/known-identities.ts';
import { letOthersGoOn } from '../people/turns.ts';
import { findWords } from '../people/words.ts';
import { pendingStops } from '../store/advice-schema.ts';
import { isAmong } from '../store/batch.ts';
import { statements, versions } from '../store/schema.ts';
import { whyFallenOf } from './fallen-versions.ts';
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
export type Shown<Row> = Row & { readonly due?: MoveRow };

/** A row, and 1 where any stop was pending when it was read, otherwise 0. */
export type MaybePending<Row> = Row & { readonly pending: number };

/** The columns that `readShown` reads, in one query: a version, and whether any stop is pending. */
export const shownColumns = {
  ...getTableColumns(versions),
  pending: sql<number>`EXISTS (SELECT 1 FROM ${pendingStops})`,
};

/**
 * Reads versions as they are shown.
 * @param read reads rows with `shownColumns`; it is called again while a stop is pending
 */
export async function readShown<Row extends MovableVersion>(
  registry: Registry,
  read: () => Promise<readonly MaybePending<Row>[]>,
): Promise<Shown<Row>[]> {
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
  return (await findWords(registry, names, latest)).flatMap(revocation);
}

function revocation(word: LoggedWord): LoggedRevocation[] {
  if ('why' in word || word.statement.predicateType !== predicateTypes.revocation) return [];
  return [{ ...word, statement: word.statement }];
}
