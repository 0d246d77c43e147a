/**
 * The writes that stop many versions at once, or let them go: a few statements for hundreds of
 * versions, since one publisher can have very many, and D1 takes few statements in a batch.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { stoppedAtOnce } from '../limits.ts';
import { type BatchWrite, isAmong } from '../store/batch.ts';
import { makeId } from '../store/ids.ts';
import { audit, marks, versions } from '../store/schema.ts';
import { requireMove, type VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';

/** A version with the state to which a statement moves it. */
export interface PlannedStop {
  readonly row: VersionRow;
  readonly to: VersionState;
  readonly why: string;
}

/**
 * The state changes of versions, each at most once, and then the marks of their bundles. As with
 * one version, the batch fails whole when another request moved one of them.
 */
export function stopWrites(
  registry: Registry,
  stops: readonly PlannedStop[],
  cause: { readonly by: string; readonly logIndex: number },
): BatchWrite[] {
  const chunks = chunksOf(stops);
  // A mark is the worst state of all versions with the bundle, so all of them move first.
  return [
    ...chunks.flatMap((chunk) => moves(registry, chunk, cause.by)),
    ...chunks.map((chunk) => marksOf(registry, chunk, cause.logIndex)),
  ];
}

function chunksOf(stops: readonly PlannedStop[]): (readonly PlannedStop[])[] {
  const chunks: (readonly PlannedStop[])[] = [];
  for (let from = 0; from < stops.length; from += stoppedAtOnce)
    chunks.push(stops.slice(from, from + stoppedAtOnce));
  return chunks;
}

function moves(registry: Registry, chunk: readonly PlannedStop[], by: string): BatchWrite[] {
  const at = registry.now().getTime();
  // The list is one parameter, since D1 takes at most a hundred. Its batches take no raw SQL.
  const list = JSON.stringify(
    chunk.map(({ row, to, why }) => {
      const { from } = requireMove(row.status, to, 'statement');
      return { id: makeId(registry), versionId: row.id, move: row.move + 1, from, to, why };
    }),
  );
  const entries = sql`SELECT ${said('id')}, ${at}, 'move', ${said('versionId')}, ${said('move')}, ${said('from')}, ${said('to')}, ${by}, ${said('why')} FROM json_each(${list})`;
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
  ];
}

/** The write that marks bundles for status.json. */
export function marksOf(
  registry: Registry,
  stops: readonly Pick<PlannedStop, 'row' | 'why'>[],
  logIndex: number,
): BatchWrite {
  const list = JSON.stringify(stops.map(({ row: { bundle }, why }) => ({ bundle, why })));
  // One bundle can belong to several versions, and the mark is on the bundle: the worst of their
  // states after this batch. The plus keeps SQLite from the index over states, which holds most
  // versions under one state.
  const some = (status: VersionState) =>
    sql`EXISTS (SELECT 1 FROM ${versions} WHERE bundle = ${said('bundle')} AND +status = ${status})`;
  const kind = sql`CASE WHEN ${some('revoked')} THEN 'revoked' WHEN ${some('suspended')} THEN 'suspended' END`;
  const values = sql`SELECT ${said('bundle')}, ${kind}, ${said('why')}, ${registry.now().getTime()}, ${logIndex} FROM json_each(${list}) WHERE true`;
  return (db) =>
    db
      .insert(marks)
      .select(values)
      .onConflictDoUpdate({
        target: marks.bundle,
        set: {
          kind: sql`excluded.kind`,
          reason: sql`excluded.reason`,
          since: sql`excluded.since`,
          logIndex: sql`excluded.${sql.identifier('logIndex')}`,
        },
        setWhere: sql`${marks.kind} IS NOT excluded.kind`,
      });
}

function said(key: string): SQL {
  return sql`json_extract(value, ${sql.raw(`'$.${key}'`)})`;
}
