/**
 * A stop of a publisher, its lift, or the end of a key for a past log index is one row beside its
 * log entry, however many versions it is about. The state of each version's row follows in slices.
 * A kill between two slices loses nothing: the row says how far the slices are, and `readShown`
 * shows what is left as if it had followed.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  predicateTypes,
  type RevocationPredicate,
} from '../../skills-index/statement/attestation.ts';
import type { LoggedStatement } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { Registry } from '../context.ts';
import { forgetIndexFiles, writeLackingFiles } from '../index/index-file.ts';
import { refreshStatus } from '../index/status-json.ts';
import { orLater } from '../log/after-logging.ts';
import { logSize } from '../log/log.ts';
import { statementOfRow } from '../log/row-texts.ts';
import { doPaced, type Pace } from '../pace.ts';
import { namesCheckedAtOnce, someNamed } from '../people/check-names.ts';
import { advisories, pendingStops } from '../store/advice-schema.ts';
import { type BatchWrite, holds, isAmong, retryOnClash } from '../store/batch.ts';
import { actorOf, auditKinds, shortReason, stateNumbers } from '../store/columns/said-columns.ts';
import { audit, indexLines, versions } from '../store/schema.ts';
import { nobodyEndedSince } from '../versions/publishers.ts';
import { requireMove, type VersionState } from '../versions/status.ts';
import { judgeAgainWrite } from '../versions/version-packages.ts';
import type { MoveRow, VersionRow } from '../versions/versions.ts';
import {
  dueMoves,
  enteredBehind,
  type MaybePending,
  type PendingStop,
  publisherVersions,
  readPendingStops,
} from '../versions/visible-versions.ts';

/** Versions of a stopped publisher that one batch moves. */
export const publisherVersionsAtOnce = 25;

/** Versions that one statement of a batch stops. */
const stoppedAtOnce = 500;

/** The pauses of the check of stopped publishers behind a few statements or versions. */
const stopsCheckPace: Pace = { least: 20, times: 9, busy: 500 };

/** The word about a publisher that the rows shall follow. */
interface PublisherWord {
  readonly publisher: Digest;
  readonly kind: RevocationPredicate['kind'];
  readonly by: string;
  readonly why: string;
}

/**
 * The write that makes the versions of a publisher follow the log, in the batch of the statement.
 * A newer word replaces an older one: each version follows what the whole log says.
 */
export function pendingWrite(
  registry: Registry,
  word: PublisherWord,
  logIndex: number,
): BatchWrite {
  const row = { ...word, logIndex, at: registry.now().getTime(), after: '' };
  return (db) =>
    db
      .insert(pendingStops)
      .values(row)
      .onConflictDoUpdate({ target: pendingStops.publisher, set: row });
}

/**
 * The write that has the versions of a publisher asked again, since a lift of the publisher's
 * suspension lost its effect by the statement at `logIndex`.
 */
export function pendingAgainWrite(
  registry: Registry,
  publisher: Digest,
  logIndex: number,
): BatchWrite {
  const row = {
    publisher,
    kind: 'suspended' as const,
    by: 'registry',
    why: `it is suspended again by log index ${logIndex}: the member who lifted the stop of its publisher no longer counts`,
    logIndex,
    at: registry.now().getTime(),
  };
  return (db) =>
    db
      .insert(pendingStops)
      .values(row)
      .onConflictDoUpdate({ target: pendingStops.publisher, set: { logIndex, after: '' } });
}

/**
 * The write that has the versions asked again that entered the index behind a log index, since a
 * key or a membership was ended for that index.
 * @param upTo the last log index that still counts
 */
export function pendingEndWrite(
  registry: Registry,
  { digest, logIndex, upTo }: Pick<LoggedStatement, 'digest' | 'logIndex'> & { upTo: number },
): BatchWrite {
  const row = {
    publisher: digest,
    kind: 'ended' as const,
    by: 'registry',
    why: `a key or a membership was ended for log index ${upTo}`,
    logIndex,
    at: registry.now().getTime(),
    after: String(upTo),
  };
  return (db) => db.insert(pendingStops).values(row);
}

/**
 * The first slice at once, after the statement is committed: a publisher of few versions needs no
 * other. Nobody gets an index file any more that was in memory before.
 */
export async function beginPending(registry: Registry): Promise<void> {
  forgetIndexFiles(registry);
  // Installers need the status, and the index files that the slice changes are written later.
  await orLater(registry, () => refreshStatus(registry));
  await orLater(registry, () => moveSome(registry));
}

/**
 * Moves the next versions of a stopped publisher in one batch. A stop whose slice fails does not
 * keep the others waiting: its error is reported, and thrown when no other stop is left to move.
 * @param limit versions of the batch at most
 * @returns whether a stop is left that has not reached all versions
 * @throws Problem `internal`, which names the stop
 */
export async function moveSome(
  registry: Registry,
  limit = publisherVersionsAtOnce,
): Promise<boolean> {
  const stops = await readPendingStops(registry);
  const failures: Problem[] = [];
  for (const stop of stops)
    try {
      const isLeft = (await moveSlice(registry, stop.publisher, limit)) || stops.length > 1;
      for (const failure of failures) registry.reportPutOff?.(failure);
      return isLeft;
    } catch (error) {
      failures.push(cannotFollow(stop, error));
    }
  if (failures[0] !== undefined) throw failures[0];
  return false;
}

function cannotFollow({ kind, logIndex, publisher }: PendingStop, cause: unknown): Problem {
  const what =
    kind === 'ended' ? `the end of a key (${publisher})` : `the stop of publisher ${publisher}`;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Problem(
    'internal',
    `Versions cannot follow ${what} at log index ${logIndex}: ${why}`,
    {
      hint: 'Everybody is shown these versions as the log says. The registry tries again.',
      cause,
    },
  );
}

/** @returns whether the publisher's stop has not reached all versions */
async function moveSlice(registry: Registry, publisher: Digest, limit: number): Promise<boolean> {
  return retryOnClash(async () => {
    const judging = await beginJudging(registry);
    const stop = judging.stops.find((pending) => pending.publisher === publisher);
    if (stop === undefined) return false;
    const { after, kind } = stop;
    const { rows, next } =
      kind === 'ended'
        ? await enteredBehind(registry, { after, limit })
        : await publisherVersions(registry, publisher, { after, limit });
    const whose = eq(pendingStops.publisher, publisher);
    const writes = await writesFor(registry, judging, rows);
    // The batch waits for the disk. Judging and waiting in one turn would keep everybody waiting.
    await nextTurn();
    await registry.db.batch([
      notOvertaken(stop),
      next === undefined
        ? (db) => db.delete(pendingStops).where(whose)
        : (db) => db.update(pendingStops).set({ after: next }).where(whose),
      ...writes,
    ]);
    return next !== undefined;
  });
}

/**
 * Moves these versions before another statement moves them: the statement is about the state that
 * everybody was shown.
 * @returns their rows as they are then
 */
export async function movedByStops(
  registry: Registry,
  read: () => Promise<readonly MaybePending<VersionRow>[]>,
): Promise<readonly VersionRow[]> {
  const found = await read();
  if (found.every(({ pending }) => pending === 0)) return found;
  return retryOnClash(async () => {
    const judging = await beginJudging(registry);
    const rows = await read();
    const writes = await writesFor(registry, judging, rows);
    if (writes.length === 0) return rows;
    await registry.db.batch(writes);
    return read();
  });
}

interface Judging {
  readonly stops: readonly PendingStop[];
  /** Size of the log before the stops were read. */
  readonly since: number;
}

async function beginJudging(registry: Registry): Promise<Judging> {
  const since = await logSize(registry);
  return { since, stops: await readPendingStops(registry) };
}

/** The moves that are due. They fail when a statement has come since that may change them. */
async function writesFor(
  registry: Registry,
  { since, stops }: Judging,
  rows: readonly VersionRow[],
): Promise<BatchWrite[]> {
  const due = await dueMoves(registry, stops, rows);
  const planned = rows.flatMap((row) => {
    const move = due.get(row.id);
    return move === undefined ? [] : [{ row, ...move }];
  });
  if (planned.length === 0) return [];
  const lifted = planned.filter(({ to }) => to === 'approved').map(({ row }) => row.id);
  return [
    nobodyEndedSince(since),
    ...dueWrites(registry, planned),
    ...(lifted.length === 0 ? [] : [judgeAgainWrite(lifted)]),
  ];
}

function notOvertaken({ after, logIndex, publisher }: PendingStop): BatchWrite {
  return holds(
    sql`EXISTS (SELECT 1 FROM ${pendingStops} WHERE ${pendingStops.publisher} = ${publisher} AND ${pendingStops.logIndex} = ${logIndex} AND ${pendingStops.after} = ${after})`,
  );
}

/**
 * One slice, or behind the last slice some of the index files that lack a stop. On Workers a
 * scanner without work and the cron trigger do this. A stop that fails keeps no index file waiting.
 * @returns whether something is left
 */
export async function followStops(registry: Registry): Promise<boolean> {
  try {
    if (await moveSome(registry)) return true;
  } catch (error) {
    if (!(await writeLackingFiles(registry))) throw error;
    registry.reportPutOff?.(error);
    return true;
  }
  return writeLackingFiles(registry);
}

// The writes that stop many versions at once, or let them go: a few statements for hundreds of
// versions, since one publisher can have very many, and D1 takes few statements in a batch.

/** A version with the state to which a statement moves it. */
export interface PlannedStop {
  readonly row: VersionRow;
  readonly to: VersionState;
  readonly why: string;
}

/** A planned stop with the signer and time of its statement. */
type PlannedMove = PlannedStop & Pick<MoveRow, 'at' | 'by'>;

/**
 * The state changes of versions, each at most once. As with one version, the batch fails whole when
 * another request moved one of them.
 * @param by who signed the statement behind the changes
 */
export function stopWrites(
  registry: Registry,
  stops: readonly PlannedStop[],
  by: string,
): BatchWrite[] {
  const at = registry.now();
  return chunksOf(stops.map((stop) => ({ ...stop, at, by }))).flatMap((chunk) => movesOf(chunk));
}

/** The state changes of an earlier statement that reach their versions now. */
function dueWrites(registry: Registry, moves: readonly PlannedMove[]): BatchWrite[] {
  const now = registry.now().getTime();
  return chunksOf(moves).flatMap((chunk) => [
    ...movesOf(chunk),
    advisedNowWrite(
      chunk.map(({ row }) => row.id),
      now,
    ),
  ]);
}

function chunksOf(moves: readonly PlannedMove[]): (readonly PlannedMove[])[] {
  const chunks: (readonly PlannedMove[])[] = [];
  for (let from = 0; from < moves.length; from += stoppedAtOnce)
    chunks.push(moves.slice(from, from + stoppedAtOnce));
  return chunks;
}

function movesOf(chunk: readonly PlannedMove[]): BatchWrite[] {
  // The list is one parameter, since D1 takes at most a hundred. Its batches take no raw SQL.
  const list = JSON.stringify(
    chunk.map(({ row, to, why, by, at }) => {
      const { from } = requireMove(row.status, to, 'statement');
      const { id: versionId } = row;
      const states = { from: stateNumbers[from], to: stateNumbers[to] };
      const move = row.move + 1;
      return { versionId, move, at: at.getTime(), ...states, by, why: shortReason(why) };
    }),
  );
  const entries = sql`SELECT NULL, ${said('at')}, ${sql.raw(String(auditKinds.move))}, ${said('versionId')}, ${said('move')}, ${said('from')}, ${said('to')}, ${actorOf(said('by'))}, ${said('why')} FROM json_each(${list})`;
  const byState = Map.groupBy(chunk, ({ to }) => to);
  return [
    (db) => db.insert(audit).select(entries),
    ...[...byState].map(
      ([status, stops]): BatchWrite =>
        (db) =>
          db
            .update(versions)
            .set({ status, move: sql`${versions.move} + 1` })
            .where(
              isAmong(
                versions.id,
                stops.map(({ row }) => row.id),
              ),
            ),
    ),
    shownAgainWrite(chunk.map(({ row }) => row.id)),
  ];
}

/**
 * The write that puts advisories before those that somebody may have read since the statement. A
 * trigger has dated them by the statement.
 */
function advisedNowWrite(versionIds: readonly string[], now: number): BatchWrite {
  return (db) =>
    db
      .update(advisories)
      .set({ modified: sql`MAX(${advisories.modified}, ${now})` })
      .where(isAmong(advisories.versionId, versionIds));
}

/**
 * The write that has index files written again, because a line shows the state of its version.
 */
function shownAgainWrite(versionIds: readonly string[]): BatchWrite {
  return (db) =>
    db.update(indexLines).set({ written: 0 }).where(isAmong(indexLines.versionId, versionIds));
}

function said(key: string): SQL {
  return sql`json_extract(value, ${sql.raw(`'$.${key}'`)})`;
}

// Compares the versions of stopped publishers with the log. Somebody who edits the database can
// delete the row of a stop before all versions have followed. Installers refuse the versions all
// the same, but the index, the desk and the API would show them as approved.

/**
 * Checks all stopped publishers once, a few statements or versions at a time. A stop that has not
 * reached all versions, and is not pending, becomes pending again.
 * @param say called for each such stop
 */
export async function checkStops(
  registry: Registry,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  for (const stop of (await readStops(registry, signal)).values()) {
    if (await hasFollowed(registry, stop, signal)) continue;
    await registry.db.batch([(db) => db.insert(pendingStops).values(stop).onConflictDoNothing()]);
    say(
      `warning: Not all versions of the publisher ${stop.publisher} followed the statement at log index ${stop.logIndex}: somebody edited the database. They follow now.`,
    );
  }
}

/** The newest statement on each publisher that was ever stopped, as the row of a pending stop. */
async function readStops(
  registry: Registry,
  signal: AbortSignal,
): Promise<ReadonlyMap<Digest, PendingStop>> {
  const stops = new Map<Digest, PendingStop>();
  const at = registry.now().getTime();
  const readFrom = async (from: number): Promise<number | undefined> => {
    const places = { from, until: Number.MAX_SAFE_INTEGER, limit: namesCheckedAtOnce };
    const rows = await someNamed(registry, predicateTypes.revocation, places);
    for (const row of rows) {
      const statement = statementOfRow(row);
      if (statement.predicateType !== predicateTypes.revocation) continue;
      const { kind, reason, target } = statement.predicate;
      if (!('publisher' in target)) continue;
      const { publisher } = target;
      const { logIndex } = row;
      const why = `${kind} at log index ${logIndex}: ${reason}`;
      stops.set(publisher, { publisher, kind, logIndex, at, why, by: 'registry', after: '' });
    }
    const last = rows.at(-1);
    return last && last.logIndex + 1;
  };
  for (let from: number | undefined = 0; from !== undefined && !signal.aborted; ) {
    const next: number = from;
    from = await doPaced(stopsCheckPace, signal, () => readFrom(next));
  }
  return stops;
}

/** Whether the rows of all versions show what the log says, or are about to. */
async function hasFollowed(
  registry: Registry,
  stop: PendingStop,
  signal: AbortSignal,
): Promise<boolean> {
  const { publisher } = stop;
  const isPending = async (): Promise<boolean> =>
    (await readPendingStops(registry)).some((pending) => pending.publisher === publisher);
  const limit = publisherVersionsAtOnce;
  for (let after: string | undefined = ''; after !== undefined && !signal.aborted; ) {
    if (await isPending()) return true;
    const place = { after, limit };
    const { next, due } = await doPaced(stopsCheckPace, signal, async () => {
      const page = await publisherVersions(registry, publisher, place);
      return { next: page.next, due: await dueMoves(registry, [stop], page.rows) };
    });
    if (due.size > 0) return isPending();
    after = next;
  }
  return true;
}
