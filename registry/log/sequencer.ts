/**
 * The one way into the log. Requests that wait at the same time are appended together: one batch,
 * one checkpoint. `log.index` is unique, so of two processes that append at once, one fails whole
 * and tries again: the sequencer makes appending fast, and the database makes it right.
 *
 * The design follows Sunlight (https://sunlight.dev), whose log also sequences pooled submissions.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CompactRange } from '../../skills-index/log/compact-range.ts';
import { emptyMapRoot } from '../../skills-index/log/map-tree.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, logIndexTaken, retryOnClash } from '../store/batch.ts';
import { insertRow } from '../store/prepared.ts';
import { log, statements } from '../store/schema.ts';
import { orLater } from './after-logging.ts';
import type { Appended, Appending, LoggedAt, NewStatement, WaitingAppend } from './appending.ts';
import {
  areRebuildable,
  finishRows,
  putRebuildable,
  type SignedRows,
  signRows,
  withAddresses,
} from './finish-statements.ts';
import { type LoggedRange, logSize, mapBefore, readRange } from './log.ts';
import {
  type LoggedRows,
  nameWrites,
  type PlannedRows,
  planRows,
  requireReadable,
  withMap,
} from './logged-bundle.ts';
import { clashIfMoved, type PlannedMap, planMap } from './map-nodes.ts';
import { requireWhole } from './witness-duty.ts';

/**
 * Bytes of their statements in base64: nothing else is answered while SQLite writes a batch, and D1
 * takes a batch as one message.
 */
const appendedBytesAtOnce = 1024 * 1024;

/** Requests that append to the log in one batch. Each writes about ten rows. */
const appendsAtOnce = 40;

/** A statement of more bytes in base64 is verified alone, in a turn of its own. */
const largeStatementBytes = 64 * 1024;

/**
 * Appends statements whose writes guard everything that their decision rests on: other statements
 * may enter the log first.
 * @throws BatchClash when a guard or a unique column rejects this request’s writes
 * @throws Problem `statement-invalid`, `log-behind`, `registry-busy`
 */
export async function append(registry: Registry, appending: Appending): Promise<Appended> {
  // The disk is busy with the objects meanwhile.
  await Promise.all([appending.stored, rehearse(registry, appending.statements)]);
  const { waiting } = registry;
  if (waiting === undefined) return one(await commit(registry, [appending]));
  const done = Promise.withResolvers<Appended>();
  // Each turn belongs to a request of its own: Workers count what an invocation asks for.
  const turn = Promise.withResolvers<void>();
  void turn.promise.then(() => takeTurn(registry, waiting));
  const { resolve, reject } = done;
  // Whoever finds nobody waiting takes a turn for all who come before that turn.
  if (waiting.push({ appending, lead: turn.resolve, resolve, reject }) === 1) turn.resolve();
  return done.promise;
}

/**
 * Decides and appends while no other request of this process appends. Where another process was
 * faster, decides again: so the decision holds for the log as the statements enter it.
 * @param decide reads what it needs, and throws when the request is rejected
 * @throws Problem as `append`
 */
export async function appendInTurn<Decision extends Appending>(
  registry: Registry,
  decide: () => Promise<Decision>,
): Promise<Appended & { readonly decision: Decision }> {
  return registry.exclusive('log', () =>
    retryOnClash(async () => {
      const before = await readRange(registry);
      const decision = await decide();
      await rehearse(registry, decision.statements);
      return { ...one(await commitOnce(registry, [decision], before)), decision };
    }),
  );
}

/**
 * As `requireReadable`. A large statement takes tens of milliseconds, so large statements come one
 * after the other, and other requests go on between them.
 */
function rehearse(registry: Registry, added: readonly NewStatement[]): Promise<void> {
  if (bytesOf(added) <= largeStatementBytes) return requireReadable(registry, added);
  return registry.exclusive('large statement', async () => {
    await nextTurn();
    await requireReadable(registry, added);
  });
}

function bytesOf(added: readonly NewStatement[]): number {
  return added.reduce((sum, { envelope }) => sum + envelope.payload.length, 0);
}

function takeTurn(registry: Registry, waiting: WaitingAppend[]): void {
  void registry.exclusive('log', async () => {
    const taken = waiting.splice(0, countJoined(waiting));
    waiting[0]?.lead();
    await commitJoined(registry, taken);
  });
}

// The first request is always taken, however large it is.
function countJoined(waiting: readonly WaitingAppend[]): number {
  let bytes = 0;
  const end = waiting.findIndex(({ appending }, at) => {
    bytes += bytesOf(appending.statements);
    return at > 0 && (at >= appendsAtOnce || bytes > appendedBytesAtOnce);
  });
  return end === -1 ? waiting.length : end;
}

// The writes of one request must not reject the requests that were joined with it. Halves find that
// request in fewer batches than one batch for each.
async function commitJoined(registry: Registry, taken: readonly WaitingAppend[]): Promise<void> {
  try {
    const done = await commit(
      registry,
      taken.map(({ appending }) => appending),
    );
    for (const [at, appended] of done.entries()) taken[at]?.resolve(appended);
  } catch (error) {
    const half = Math.floor(taken.length / 2);
    if (half === 0 || error instanceof Problem) for (const { reject } of taken) reject(error);
    else
      for (const part of [taken.slice(0, half), taken.slice(half)])
        await commitJoined(registry, part);
  }
}

function commit(registry: Registry, all: readonly Appending[]): Promise<Appended[]> {
  return retryOnClash(
    async () => commitOnce(registry, all, await readRange(registry)),
    logIndexTaken,
  );
}

async function commitOnce(
  registry: Registry,
  all: readonly Appending[],
  before: LoggedRange,
): Promise<Appended[]> {
  const added = all.flatMap(({ statements }) => statements);
  if (added.length > 0) {
    await requireWhole(registry);
    await registry.requireRoom?.('statements');
  }
  const planned = planRows(before, added, registry.now().getTime());
  const map = await planMapOf(registry, before, planned);
  const rows = withMap(planned, map.root);
  // Nobody sees this checkpoint before the batch is committed. Where the batch fails, nobody will.
  const signed =
    rows.length > 0 && areRebuildable(rows) ? await signRows(registry, before, rows) : undefined;
  let next = before.size;
  const placed = all.map(({ statements, writes }) => {
    const indexes = statements.map(() => next++);
    return { indexes, writes: writes(indexes) };
  });
  const writes = [
    ...placed.flatMap(({ writes }) => writes),
    ...(signed === undefined ? rows : withAddresses(rows, signed)).flatMap(rowWrites),
    ...map.writes,
  ];
  if (writes.length > 0) await registry.db.batch(writes);
  const finished =
    signed === undefined
      ? await finishCommitted(registry, before, rows)
      : await storeBundles(registry, signed);
  return placed.map(({ indexes }) => ({
    indexes,
    logged: finished?.filter(({ logIndex }) => indexes.includes(logIndex)),
  }));
}

async function planMapOf(
  registry: Registry,
  before: LoggedRange,
  rows: readonly PlannedRows[],
): Promise<PlannedMap> {
  if (rows.length === 0) return { root: emptyMapRoot, writes: [] };
  const planning = planMap(
    registry,
    { root: mapBefore(before), size: before.size },
    rows.map(({ entry, mapNames }) => ({ index: entry.index, names: mapNames })),
    before.size + rows.length,
  );
  return clashIfMoved(planning, async () => (await logSize(registry)) !== before.size);
}

// The statements count once they are committed, whatever fails after that.
async function finishCommitted(
  registry: Registry,
  before: CompactRange,
  rows: readonly LoggedRows[],
): Promise<LoggedAt[] | undefined> {
  try {
    return await finishRows(registry, before, rows);
  } catch (error) {
    registry.reportPutOff?.(error);
    return undefined;
  }
}

// A reader makes a bundle again that the storage did not take.
async function storeBundles(registry: Registry, signed: SignedRows): Promise<LoggedAt[]> {
  await orLater(registry, () => putRebuildable(registry, signed));
  return signed.bundles.map(({ logged }) => logged);
}

function rowWrites({ entry, statement, names }: PlannedRows): BatchWrite[] {
  return [
    insertRow(log, entry),
    ...nameWrites(entry.index, names),
    insertRow(statements, statement),
  ];
}

function one(all: readonly Appended[]): Appended {
  const [appended] = all;
  if (appended === undefined) throw new Problem('internal', 'Nothing was appended');
  return appended;
}
