/**
 * A witness that reads a log itself: its checkpoint and tiles. It computes the proof, and cosigns a
 * head that continues the previous one.
 */

import { join } from 'node:path';
import { fetchFile, inTurns, type Source } from '../../skills-index/client/blobs.ts';
import { endsIn, type WalkedEntry, walkEntries } from '../../skills-index/client/log-entries.ts';
import { fetchConsistency } from '../../skills-index/client/log-proofs.ts';
import { provesOtherHead } from '../../skills-index/client/other-head.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { forked } from '../../skills-index/log/add-checkpoint.ts';
import {
  type Checkpoint,
  noteBytesMax,
  verifyCheckpoint,
} from '../../skills-index/log/checkpoint.ts';
import type { CompactRange } from '../../skills-index/log/compact-range.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { mapNames } from '../../skills-index/trust/members-and-scopes/map-names.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { makeMemory, monitorMapsMax, type ReplayMemory } from '../monitor/memory.ts';
import { type Replay, replayOnce } from '../monitor/replay.ts';
import { rangeOf } from '../monitor/state-file.ts';
import { fetchStatement, whyOtherMap } from '../monitor/statements.ts';
import { type MapOfNames, MonitorFolder } from '../monitor/world.ts';
import { pinRegistry } from '../registries/addresses/pin-registry.ts';
import { diskStore } from '../registries/carry-memory.ts';
import { freshRegistry } from '../registries/refresh.ts';
import { trustedRegistry } from '../registries/registries.ts';
import {
  type Answered,
  type CosigningWitness,
  consider,
  keepRollback,
  type RefusedMap,
  stop,
  stoppedAnswer,
  type WatchedLog,
} from './cosigner.ts';

/** How long after the next look a witness cosigns a head that is larger than its replay. */
const replayAheadSeconds = 60;

/**
 * How long a witness cosigns after one good replay: a number of looks, or longer for a long replay.
 */
const replayHoldsLooks = 3;

const replayHoldsSeconds = 600;

/** Time in which a replaying witness reads what is new in a log before it cosigns a head. */
const witnessMapMillisMax = 10_000;

/** The result of one look at a log. */
type Followed = Answered | { readonly status: 'behind'; readonly why: string };

/**
 * Looks at a log once.
 * @throws Problem `registry-down`, `registry-answer-invalid`, `not-found`, `log-invalid`,
 * `signature-invalid`
 */
export async function followOnce(
  witness: CosigningWitness,
  {
    base,
    fetch,
    signal,
  }: {
    readonly base: string;
    readonly fetch: typeof globalThis.fetch;
    readonly signal?: AbortSignal;
  },
): Promise<Followed> {
  const source: Source = {
    base,
    fetch,
    store: memoryStore(),
    ...(signal === undefined ? {} : { signal }),
  };
  const bytes = await fetchFile(source, '/log/checkpoint', noteBytesMax);
  if (bytes === undefined)
    throw new Problem('not-found', `There is no checkpoint at ${base}/log/checkpoint`);
  const note = Buffer.from(bytes).toString('utf8');
  const { log, head } = await readHead(witness, note);
  const kept = await witness.heads.read(log.origin);
  if (kept.stopped !== undefined) return stoppedAnswer(log, kept.stopped);
  if (kept.head !== undefined && head.size < kept.head.size) {
    return { status: 'behind', why: await keepRollback(witness, log, { kept, note }) };
  }
  const before = kept.head?.size ?? 0;
  const proofs = await fetchConsistency(source, [before], head.size);
  const answered = await consider(witness, log, {
    oldSize: before,
    proof: proofs.get(before) ?? [],
    note,
  });
  // A proof that was refused may be the log's fault or its tiles'; the tiles say which, unless the
  // proof did.
  if (answered.status !== 422 || kept.head === undefined || (await isStopped(witness, log)))
    return answered;
  return (await provesOtherHead(source, kept.head, head))
    ? stop(witness, log, { kept, judged: forked(422, kept.head, head), note })
    : answered;
}

async function readHead(
  witness: CosigningWitness,
  note: string,
): Promise<{ readonly log: WatchedLog; readonly head: Checkpoint }> {
  const log = watchedLog(witness, note);
  try {
    return { log, head: verifyCheckpoint(note, log) };
  } catch (cause) {
    const isOtherKey = cause instanceof Problem && cause.code === 'signature-invalid';
    const renewed = isOtherKey ? await witness.renew?.(log) : undefined;
    if (renewed === undefined) throw cause;
    return { log: renewed, head: verifyCheckpoint(note, renewed) };
  }
}

async function isStopped({ heads }: CosigningWitness, { origin }: WatchedLog): Promise<boolean> {
  return (await heads.read(origin)).stopped !== undefined;
}

function watchedLog(witness: CosigningWitness, note: string): WatchedLog {
  const origin = note.slice(0, note.indexOf('\n'));
  const log = witness.logs.find((one) => one.origin === origin);
  if (log === undefined)
    throw new Problem(
      'log-invalid',
      `The checkpoint is of ${JSON.stringify(origin.slice(0, 200))}, which is not watched here`,
    );
  return log;
}

/** Looks at each log repeatedly until the signal aborts. Failures are logged and tried again. */
export async function followForever(
  witness: CosigningWitness,
  follow: {
    readonly bases: readonly string[];
    readonly every: number;
    readonly fetch: typeof globalThis.fetch;
    readonly signal: AbortSignal;
    /** Replays each log before looking at its head. */
    readonly replays?: Replays;
  },
): Promise<void> {
  const { bases, every, fetch, signal, replays } = follow;
  await Promise.all(
    bases.map(async (base) => {
      while (!signal.aborted) {
        await followAndAlarm(witness, { base, fetch, signal }, replays);
        await pause(every * 1_000, signal);
      }
    }),
  );
  if (bases.length === 0) await pause(undefined, signal);
}

async function followAndAlarm(
  witness: CosigningWitness,
  place: Parameters<typeof followOnce>[1],
  replays?: Replays,
): Promise<void> {
  try {
    await replays?.look(place.base, place.signal);
    const { status, ...rest } = await followOnce(witness, place);
    // A fork or a rollback has already been reported.
    if (status !== 200 && status !== 'behind' && 'why' in rest)
      witness.alarm(`${place.base}: not cosigned: ${rest.why}`);
  } catch (cause) {
    if (place.signal?.aborted !== true)
      witness.alarm(`${place.base}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Waits, at most until the signal aborts. */
export function pause(millis: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = millis === undefined ? undefined : setTimeout(done, millis);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

// A witness that cosigns only heads that it replayed. If the index or status omits statements of
// the log, the head gets no cosignature, and installers that require one refuse it within a day.
// The replay runs beside the answers: the registry signs its status while it waits for a
// cosignature, so a witness that asked for the status then would wait for itself.

export interface Replays {
  /** Replays the log of a registry. What goes wrong is said, and nothing is cosigned on it. */
  look(base: string, signal?: AbortSignal): Promise<void>;
  /**
   * Why a head of a log is not cosigned now; undefined while its last replay is good. Without a
   * size: why nothing is.
   */
  whyHeld(origin: string, size?: number): string | undefined;
  /**
   * Why the map of names of a head is refused: the witness computes the map of the head's entries.
   * The replay read most of the entries, and the rest is read now.
   */
  whyMapRefused(head: Checkpoint): Promise<RefusedMap | undefined>;
  /**
   * The status that the last replay saw, for hosts that mistrust what their registry shows them.
   */
  statusOf(origin: string): Uint8Array | undefined;
}

interface ReplayingWitness {
  readonly dir: string;
  readonly roots: readonly RootFile[];
  /** Seconds between two looks. */
  readonly every: number;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly alarm: (line: string) => void;
}

interface Outcome {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Entries that were replayed. */
  readonly size: number;
  readonly why?: string;
}

export function makeReplays(witness: ReplayingWitness): Replays {
  const { now, alarm } = witness;
  const outcomes = new Map<string, Outcome>();
  const memory = makeMemory();
  const statuses = new Map<string, Uint8Array>();
  const maps = makeLogMaps(witness);
  const secondsMax = witness.every * replayHoldsLooks + replayHoldsSeconds;
  const settle = (origin: string, size: number, why?: string): void => {
    if (why !== undefined && outcomes.get(origin)?.why !== why)
      alarm(
        `ALARM ${origin}: ${why}. The witness cosigns nothing of this log until that is fixed.`,
      );
    outcomes.set(origin, { at: now().getTime(), size, ...(why === undefined ? {} : { why }) });
  };
  return {
    look: async (base, signal) => {
      const root = await rootAt(witness, base, signal);
      const { look, replayed } = await replay(witness, {
        base,
        root,
        memory,
        ...(signal === undefined ? {} : { signal }),
      });
      statuses.set(root.origin, look.status);
      if (replayed !== undefined) maps.keep(root.origin, replayed);
      settle(
        root.origin,
        look.size,
        look.differences.length === 0 ? undefined : differencesText(look),
      );
    },
    whyMapRefused: async (head) => {
      const refused = await maps.whyRefused(head);
      if (refused?.status === 422) settle(head.origin, head.size, refused.why);
      return refused;
    },
    statusOf: (origin) => statuses.get(origin),
    whyHeld: (origin, size = 0) => {
      const last = outcomes.get(origin);
      if (last === undefined)
        return `the log of ${origin} was not replayed yet: name the registry of the log with --follow, and check that it answers`;
      if (last.why !== undefined) return last.why;
      const age = (now().getTime() - last.at) / 1000;
      const at = new Date(last.at).toISOString();
      if (age > secondsMax) return `the log of ${origin} was last replayed at ${at}, too long ago`;
      // The registry shows a new head before any look can replay it; a look that fails must not let
      // later heads pass as well.
      return size <= last.size || age <= witness.every + replayAheadSeconds
        ? undefined
        : `the log of ${origin} was replayed up to ${last.size} entries at ${at}, and this head has ${size}`;
    },
  };
}

async function replay(
  { dir, fetch, now }: ReplayingWitness,
  given: {
    readonly base: string;
    readonly root: RootFile;
    readonly memory: ReplayMemory;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly look: Replay; readonly replayed?: ReplayedLog }> {
  const { base, root, memory, signal = new AbortController().signal } = given;
  // A home of its own, in which the root file that the operator gave is the one that is pinned.
  const home = join(dir, 'replay');
  const paths = {
    config: join(home, 'config'),
    data: join(home, 'data'),
    cache: join(home, 'cache'),
  };
  await pinRegistry(paths, base, root, []);
  const world = { paths, fetch, now, signal };
  const terms = { offline: false, graceHours: 0, isDoubted: true };
  const { registry } = await freshRegistry(world, trustedRegistry(world, base), terms);
  // A head that lacks this witness' own cosignature is no difference to it.
  const { witnesses: _, ...trust } = registry;
  const source = { base, fetch, store: diskStore(paths, registry.fingerprint), signal };
  const folder = new MonitorFolder(join(home, 'monitor', hexOf(registry.fingerprint)));
  const look = await replayOnce({ ...trust, ...memory, source, folder, now });
  const { seen } = await folder.read(registry.fingerprint);
  // After a difference, the witness cosigns nothing that would need the map.
  if (look.differences.length > 0 || seen === undefined) return { look };
  const range = rangeOf(seen);
  const map = memory.known.mapAt(folder, range.size);
  return { look, replayed: { base, range, map } };
}

async function rootAt(
  { roots, fetch }: ReplayingWitness,
  base: string,
  signal?: AbortSignal,
): Promise<RootFile> {
  const source = { base, fetch, store: memoryStore(), ...(signal === undefined ? {} : { signal }) };
  const note = await fetchFile(source, '/log/checkpoint', noteBytesMax);
  const [origin = ''] = Buffer.from(note ?? '')
    .toString('utf8')
    .split('\n');
  const root = roots.find((one) => one.origin === origin);
  if (root !== undefined) return root;
  throw new Problem(
    'log-invalid',
    `Cannot replay the log at ${base}: no root file is given for ${JSON.stringify(origin.slice(0, 200))}`,
  );
}

function differencesText({ differences: [first, ...more], evidence }: Replay): string {
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const kept = evidence === undefined ? '' : `; kept in ${evidence}`;
  return `index or status contradict the log: ${first?.code} at ${first?.place}: ${first?.message}${others}${kept}`;
}

// The maps of names of logs that a witness replays. Before the witness cosigns a head, the witness
// reads the entries and statements that are new since the last map. The witness does not read the
// status: the registry signs the status after the cosignature, so each would wait for the other.

/** A tree of a log, and the map of names of the tree's entries. */
interface TreeWithMap {
  readonly range: CompactRange;
  readonly map: MapOfNames;
}

/** What a good replay read of a log. */
interface ReplayedLog extends TreeWithMap {
  readonly base: string;
}

interface LogMaps {
  /** Remembers what a good replay read. */
  keep(origin: string, replayed: ReplayedLog): void;
  /** Why a head is refused because of its map; undefined for a head with the right map. */
  whyRefused(head: Checkpoint): Promise<RefusedMap | undefined>;
}

interface Known extends Pick<ReplayedLog, 'base'> {
  /** The trees that were read last. */
  readonly trees: readonly TreeWithMap[];
}

function makeLogMaps({ fetch }: { readonly fetch: typeof globalThis.fetch }): LogMaps {
  const logs = new Map<string, Known>();
  // Anybody may send the newest head again and again, and all wait for one reading.
  const readings = new Map<string, Promise<TreeWithMap>>();
  const keepTree = (origin: string, tree: TreeWithMap): void => {
    const known = logs.get(origin);
    if (known === undefined) return;
    const others = known.trees.filter(({ range }) => range.size !== tree.range.size);
    logs.set(origin, { ...known, trees: [...others.slice(1 - monitorMapsMax), tree] });
  };
  const readTree = (known: Known, head: Checkpoint): Promise<TreeWithMap> => {
    const name = `${head.origin} ${head.size} ${Buffer.from(head.root).toString('base64')}`;
    const reading = readings.get(name) ?? readTo(known, head, fetch);
    readings.set(name, reading);
    return reading.finally(() => readings.delete(name));
  };
  return {
    keep: (origin, { base, range, map }) => {
      logs.set(origin, { base, trees: logs.get(origin)?.trees ?? [] });
      keepTree(origin, { range, map });
    },
    whyRefused: async (head) => {
      const known = logs.get(head.origin);
      if (known === undefined)
        return { status: 503, why: `the log of ${head.origin} was not replayed yet` };
      try {
        const tree = await readTree(known, head);
        keepTree(head.origin, tree);
        const why = whyOtherMap(head, tree.map);
        return why === undefined ? undefined : { status: 422, why };
      } catch (cause) {
        if (!(cause instanceof Problem)) throw cause;
        const why = `the map of names of the head of ${head.size} entries cannot be computed now: ${cause.message}`;
        return { status: 503, why };
      }
    },
  };
}

async function readTo(
  { base, trees }: Known,
  head: Checkpoint,
  fetch: typeof globalThis.fetch,
): Promise<TreeWithMap> {
  const start = trees
    .filter(({ range }) => range.size <= head.size)
    .reduce<TreeWithMap | undefined>(
      (best, one) => (best !== undefined && best.range.size >= one.range.size ? best : one),
      undefined,
    );
  if (start === undefined)
    throw new Problem('log-invalid', 'The replay has read a longer log already');
  if (endsIn(start.range, head)) return start;
  const signal = AbortSignal.timeout(witnessMapMillisMax);
  const source = { base, fetch, store: memoryStore(), signal };
  let { range, map } = start;
  const entries: WalkedEntry[] = [];
  for await (const walked of walkEntries(source, range, head)) {
    entries.push(walked);
    range = walked.range;
  }
  const statements = await inTurns(entries, (entry) => fetchStatement(source, entry));
  for (const [at, { index }] of entries.entries()) {
    const said = statements[at]?.said;
    if (said === undefined)
      throw new Problem('log-invalid', `The registry does not show the statement ${index}`);
    map = map.with(mapNames(said), index);
  }
  return { range, map };
}
