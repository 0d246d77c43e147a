/** The escape suite: each attempt without a sandbox first, then in every sandbox that can start here. */
import type { Sandbox } from '../../runner/sandbox.ts';
import { tryBareAlone, tryBareTogether } from './bare-twins.ts';
import { detailCharsMax, runsAtOnceMax } from './limits.ts';
import type { EscapeResult, EscapeRow, Outcome } from './row.ts';
import { tryAlone, tryTogether, whyUnusable } from './tries.ts';

export interface EscapeSuite {
  readonly rows: readonly EscapeRow[];
  readonly sandboxes: readonly Sandbox[];
  /** Called with each result, as it comes. */
  readonly onResult?: (result: EscapeResult) => void;
  readonly signal?: AbortSignal;
}

type Bare = EscapeResult['bare'];

/** Runs it; a row gets one result for each sandbox, and results come in the order of the rows. */
export async function runEscapeSuite({ rows, sandboxes, onResult, signal }: EscapeSuite): Promise<readonly EscapeResult[]> {
  const together = rows.filter((row) => row.kind === 'together');
  const bare = await tryBareTogether(together);
  const bareOf = async (row: EscapeRow): Promise<Bare> => {
    const known = bare.get(row.name) ?? (await tryBareAlone(row));
    bare.set(row.name, known);
    return known;
  };
  const results: EscapeResult[] = [];
  for (const sandbox of sandboxes) {
    const why = await whyUnusable(sandbox);
    const outcomes = why === undefined ? await tryTogether(together, sandbox, signal) : new Map<string, Outcome>();
    const left = rows.entries();
    const found = new Map<number, EscapeResult>();
    const work = async (): Promise<void> => {
      for (const [index, row] of left) {
        signal?.throwIfAborted();
        const first = await bareOf(row);
        const outcome = why === undefined ? (outcomes.get(row.name) ?? (await tryAlone(row, sandbox))) : untested(why);
        const result = { name: row.name, group: row.group, backend: sandbox.name, bare: first, ...judge(first, outcome) };
        found.set(index, result);
        onResult?.(result);
      }
    };
    await Promise.all(Array.from({ length: runsAtOnceMax }, work));
    results.push(...[...found].sort(([a], [b]) => a - b).map(([, result]) => result));
  }
  return results;
}

function untested(detail: string): Outcome {
  return { result: 'untested', detail };
}

// What does not work without a sandbox says nothing about one.
function judge(bare: Bare, { result, detail }: Outcome): Outcome {
  const told = { detail: detail.replaceAll(/\s+/g, ' ').slice(0, detailCharsMax) };
  return { result: result === 'through' || bare === 'succeeds' ? result : 'untested', ...told };
}
