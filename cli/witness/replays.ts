/**
 * A witness that cosigns only heads that it replayed. If the index or status omits statements of
 * the log, the head gets no cosignature, and installers that require one refuse it within a day.
 * The replay runs beside the answers: the registry signs its status while it waits for a
 * cosignature, so a witness that asked for the status then would wait for itself.
 */
import { join } from 'node:path';
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import type { Checkpoint } from '../../skills-index/log/checkpoint.ts';
import { noteBytesMax } from '../../skills-index/log/limits.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { replayAheadSeconds, replayHoldsLooks, replayHoldsSeconds } from '../monitor/limits.ts';
import { type Look, replayOnce } from '../monitor/look.ts';
import { makeMemory, type ReplayMemory } from '../monitor/memory.ts';
import { MonitorFolder } from '../monitor/state.ts';
import { rangeOf } from '../monitor/state-file.ts';
import { pinRegistry } from '../registries/addresses/pin-registry.ts';
import { diskStore } from '../registries/disk-store.ts';
import { freshRegistry } from '../registries/refresh.ts';
import { trustedRegistry } from '../registries/registries.ts';
import type { RefusedMap } from './cosigner.ts';
import { makeLogMaps, type ReplayedLog } from './log-maps.ts';

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

export interface ReplayingWitness {
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
): Promise<{ readonly look: Look; readonly replayed?: ReplayedLog }> {
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

function differencesText({ differences: [first, ...more], evidence }: Look): string {
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const kept = evidence === undefined ? '' : `; kept in ${evidence}`;
  return `index or status contradict the log: ${first?.code} at ${first?.place}: ${first?.message}${others}${kept}`;
}
