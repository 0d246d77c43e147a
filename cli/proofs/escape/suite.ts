/** The escape suite: each attempt without a sandbox first, then in every sandbox of this host. */
import type * as backends from '../../../runner/backends/public.ts';
import { type Bare, isWorthRetry, tryBareAlone, tryBareTogether } from './bare-twins.ts';
import { detailCharsMax, runsAtOnceMax } from './limits.ts';
import { type AttemptPlace, findPlace } from './place.ts';
import type { EscapeGroup, EscapeResult, EscapeRow, Outcome } from './row.ts';
import type { ExtraAccess } from './sandboxed.ts';
import { tryAlone, tryTogether } from './tries.ts';

export interface EscapeSuite {
  readonly rows: readonly EscapeRow[];
  readonly sandboxes: readonly backends.Sandbox[];
  /** Called with each result at once. */
  readonly onResult?: (result: EscapeResult) => void;
  readonly signal?: AbortSignal;
}

/** Runs the suite. @returns one result for each row and sandbox, in the order of the rows */
export async function runEscapeSuite({
  rows,
  sandboxes,
  onResult,
  signal,
}: EscapeSuite): Promise<readonly EscapeResult[]> {
  const together = rows.filter((row) => row.kind === 'together');
  const bare = await tryBareTogether(together.filter(({ twin }) => twin === undefined));
  const bareOf = async (row: EscapeRow): Promise<Bare> => {
    const twin = row.kind === 'runner' ? undefined : row.twin;
    const first = bare.get(twin ?? row.name) ?? (await tryBareAlone(row));
    // A twin can fail because the machine is busy. Without the retry the row would be untested, and
    // the suite would not count it as a failure.
    const known = isWorthRetry(first) ? await tryBareAlone(row) : first;
    bare.set(twin ?? row.name, known);
    return known;
  };
  const results: EscapeResult[] = [];
  for (const sandbox of sandboxes) {
    const place = await findPlace(sandbox);
    const wanted = together.filter((row) => whyUntested(row, place) === undefined);
    const outcomes =
      typeof place === 'string'
        ? new Map<string, Outcome>()
        : await tryTogether(wanted, place, signal);
    const left = rows.entries();
    const found = new Map<number, EscapeResult>();
    const work = async (): Promise<void> => {
      for (const [index, row] of left) {
        signal?.throwIfAborted();
        const first = await bareOf(row);
        const outcome = outcomes.get(row.name) ?? (await tryLast(row, place));
        const result = {
          name: row.name,
          group: row.group,
          backend: sandbox.name,
          bare: first.bare,
          ...judge(first, outcome),
        };
        found.set(index, result);
        onResult?.(result);
      }
    };
    await Promise.all(Array.from({ length: runsAtOnceMax }, work));
    results.push(...[...found].sort(([a], [b]) => a - b).map(([, result]) => result));
  }
  return results;
}

async function tryLast(row: EscapeRow, place: AttemptPlace | string): Promise<Outcome> {
  const why = whyUntested(row, place);
  if (why !== undefined || typeof place === 'string')
    return { result: 'untested', detail: why ?? '' };
  return tryAlone(row, place);
}

/** What a group's attempts are made through: where a sandbox does not give it, they say nothing. */
const needed: Readonly<Partial<Record<EscapeGroup, ExtraAccess>>> = {
  'through the proxy': 'egress',
  'traps for the host': 'writing',
};

function whyUntested(row: EscapeRow, place: AttemptPlace | string): string | undefined {
  if (typeof place === 'string') return place;
  if (row.kind !== 'runner' && row.needs === 'ownLocks' && place.sandbox.entersNamespaces !== true)
    return 'this backend shares the locks and watches of mounted folders with the host: only bubblewrap prevents that, with overlays';
  const need = needed[row.group];
  return need === undefined || place.grants.includes(need)
    ? undefined
    : `this backend gives no ${need}: ${place.lacks.get(need)}`;
}

// An attempt that fails without a sandbox proves nothing about a sandbox.
function judge({ bare, detail: why }: Bare, { result, detail }: Outcome): Outcome {
  const short = (text: string): string => text.replaceAll(/\s+/g, ' ').slice(0, detailCharsMax);
  if (result === 'through' || bare === 'succeeds') return { result, detail: short(detail) };
  return { result: 'untested', detail: short(why) };
}
