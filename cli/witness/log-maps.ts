/**
 * The maps of names of logs that a witness replays. Before the witness cosigns a head, the witness
 * reads the entries and statements that are new since the last map. The witness does not read the
 * status: the registry signs the status after the cosignature, so each would wait for the other.
 */
import { inTurns } from '../../skills-index/client/blobs.ts';
import { endsIn, type WalkedEntry, walkEntries } from '../../skills-index/client/log-entries.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import type { Checkpoint } from '../../skills-index/log/checkpoint.ts';
import type { CompactRange } from '../../skills-index/log/compact-range.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { mapNames } from '../../skills-index/trust/members-and-scopes/map-names.ts';
import { witnessMapMillisMax } from '../limits.ts';
import { monitorMapsMax } from '../monitor/limits.ts';
import type { MapOfNames } from '../monitor/map-of-names.ts';
import { whyOtherMap } from '../monitor/maps.ts';
import { fetchStatement } from '../monitor/statements.ts';
import type { RefusedMap } from './cosigner.ts';

/** A tree of a log, and the map of names of the tree's entries. */
export interface TreeWithMap {
  readonly range: CompactRange;
  readonly map: MapOfNames;
}

/** What a good replay read of a log. */
export interface ReplayedLog extends TreeWithMap {
  readonly base: string;
}

export interface LogMaps {
  /** Remembers what a good replay read. */
  keep(origin: string, replayed: ReplayedLog): void;
  /** Why a head is refused because of its map; undefined for a head with the right map. */
  whyRefused(head: Checkpoint): Promise<RefusedMap | undefined>;
}

interface Known extends Pick<ReplayedLog, 'base'> {
  /** The trees that were read last. */
  readonly trees: readonly TreeWithMap[];
}

export function makeLogMaps({ fetch }: { readonly fetch: typeof globalThis.fetch }): LogMaps {
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
