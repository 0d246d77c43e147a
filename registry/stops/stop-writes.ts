/**
 * The writes that stop many versions at once, or let them go: a few statements for hundreds of
 * versions, since one publisher can have very many, and D1 takes few statements in a batch.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { stoppedAtOnce } from '../limits.ts';
import { advisories } from '../store/advice-schema.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import { auditKinds, stateNumbers } from '../store/columns/number-column.ts';
import { actorOf, shortReason } from '../store/columns/said-columns.ts';
import { audit, indexLines, versions } from '../store/schema.ts';
import { requireMove, type VersionState } from '../versions/status.ts';
import type { MoveRow, VersionRow } from '../versions/versions.ts';

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
export function dueWrites(registry: Registry, moves: readonly PlannedMove[]): BatchWrite[] {
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
export function shownAgainWrite(versionIds: readonly string[]): BatchWrite {
  return (db) =>
    db.update(indexLines).set({ written: 0 }).where(isAmong(indexLines.versionId, versionIds));
}

function said(key: string): SQL {
  return sql`json_extract(value, ${sql.raw(`'$.${key}'`)})`;
}
