/**
 * A stop of a publisher, its lift, or the end of a key for a past log index is one row beside its
 * log entry, however many versions it is about. The state of each version's row follows in slices.
 * A kill between two slices loses nothing: the row says how far the slices are, and `readShown`
 * shows what is left as if it had followed.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { RevocationPredicate } from '../../skills-index/statement/attestation.ts';
import type { LoggedStatement } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { Registry } from '../context.ts';
import { forgetIndexFiles, writeLackingFiles } from '../index/index-file.ts';
import { refreshStatus } from '../index/status-json.ts';
import { orLater } from '../log/after-logging.ts';
import { logSize } from '../log/log.ts';
import { pendingStops } from '../store/advice-schema.ts';
import { type BatchWrite, holds, retryOnClash } from '../store/batch.ts';
import { enteredBehind } from '../versions/fallen-versions.ts';
import { publisherVersions } from '../versions/publisher-versions.ts';
import { nobodyEndedSince } from '../versions/publishers.ts';
import {
  dueMoves,
  type MaybePending,
  type PendingStop,
  readPendingStops,
} from '../versions/shown-versions.ts';
import { judgeAgainWrite } from '../versions/version-packages.ts';
import type { VersionRow } from '../versions/versions.ts';
import { publisherVersionsAtOnce } from './limits.ts';
import { dueWrites } from './stop-writes.ts';

/** The word about a publisher that the rows shall follow. */
export interface PublisherWord {
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
