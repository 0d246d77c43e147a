/** The escape suite: each attempt without a sandbox first, then in every sandbox that can start here. */
import type { Sandbox } from '../../runner/sandbox.ts';
import { runBare } from './bare.ts';
import { type Told, tokenOf, wantedAttempt } from './batch.ts';
import { controlRows } from './controls.ts';
import { attemptSecondsDefault, detailCharsMax } from './limits.ts';
import type { Attempt, EscapeResult, EscapeRow, Outcome } from './row.ts';
import { runSandboxed } from './sandboxed.ts';
import { type EscapeWorld, openWorld } from './world.ts';

export interface EscapeSuite {
  readonly rows: readonly EscapeRow[];
  readonly sandboxes: readonly Sandbox[];
  /** Called with each result, as it comes. */
  readonly onResult?: (result: EscapeResult) => void;
  readonly signal?: AbortSignal;
}

type Bare = EscapeResult['bare'];
type BatchRow = Extract<EscapeRow, { kind: 'together' }>;

/** Runs it; a row gets one result for each sandbox. */
export async function runEscapeSuite(suite: EscapeSuite): Promise<readonly EscapeResult[]> {
  const results: EscapeResult[] = [];
  const together = suite.rows.filter((row) => row.kind === 'together');
  const bare = await tryBareTogether(together);
  for (const sandbox of suite.sandboxes) {
    const outcomes = await tryTogether(together, sandbox, suite.signal);
    for (const row of suite.rows) {
      suite.signal?.throwIfAborted();
      const first = bare.get(row.name) ?? (await tryBareAlone(row));
      bare.set(row.name, first);
      const outcome = row.kind === 'together' ? (outcomes.get(row.name) ?? notMade) : await tryAlone(row, sandbox);
      const result = { name: row.name, group: row.group, backend: sandbox.name, bare: first, ...judge(first, outcome) };
      results.push(result);
      suite.onResult?.(result);
    }
  }
  return results;
}

const notMade: Outcome = { result: 'untested', detail: 'it was not made' };

// What does not work without a sandbox says nothing about one.
function judge(bare: Bare, { result, detail }: Outcome): Outcome {
  const told = { detail: detail.replaceAll('\n', ' ').slice(0, detailCharsMax) };
  return { result: result === 'through' || bare === 'succeeds' ? result : 'untested', ...told };
}

const isRoot = process.getuid?.() === 0;

/** A row that needs root cannot be tried by anybody else. */
function whoTries({ as }: Attempt): 'root' | 'user' | undefined {
  return as === undefined ? 'user' : isRoot ? as : undefined;
}

async function tryBareTogether(rows: readonly BatchRow[]): Promise<Map<string, Bare>> {
  const bare = new Map<string, Bare>(rows.map((row) => [row.name, 'impossible']));
  const byWhom = async (as: 'root' | 'user'): Promise<void> => {
    const theirs = rows.filter((row) => whoTries(row) === as);
    if (theirs.length === 0) return;
    await inWorld(async (world) => {
      const told = await runBare(
        world,
        theirs.map((row, number) => wantedAttempt(world, row, number)),
        as,
      );
      for (const [number, row] of theirs.entries()) {
        if (told.has(row.name)) bare.set(row.name, worked(world, row, number, told) ? 'succeeds' : 'refused');
      }
    });
  };
  await byWhom('user');
  await byWhom('root');
  return bare;
}

async function tryBareAlone(row: EscapeRow): Promise<Bare> {
  return inWorld(async (world) => {
    if (row.kind === 'runner') return (await row.bare(world)) ? 'succeeds' : 'refused';
    const as = whoTries(row);
    if (as === undefined) return 'impossible';
    const told = await runBare(world, [wantedAttempt(world, row, 0)], as);
    return worked(world, row, 0, told) ? 'succeeds' : 'refused';
  });
}

/**
 * All in one sandbox. Where one of them ends the run, it was stopped by that, and the others are tried again in another world,
 * which knows nothing of it.
 */
async function tryTogether(rows: readonly BatchRow[], sandbox: Sandbox, signal?: AbortSignal): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  let left = rows;
  while (left.length > 0) {
    signal?.throwIfAborted();
    const made = left;
    left = await inWorld(async (world) => {
      const wanted = [...controlRows, ...made].map((row, number) => wantedAttempt(world, row, number));
      const { told, reason, printed } = await runSandboxed(world, sandbox, wanted);
      const failed = controlRows.find((row, number) => !worked(world, row, number, told));
      for (const [index, row] of made.entries()) {
        const output = told.get(row.name);
        if (output === undefined) continue;
        if (failed !== undefined)
          outcomes.set(row.name, {
            result: 'untested',
            detail: `what was granted does not work: ${failed.name}: ${told.get(failed.name) ?? printed}`,
          });
        else outcomes.set(row.name, outcomeOf(worked(world, row, controlRows.length + index, told), output));
      }
      const [ending, ...rest] = made.filter((row) => !told.has(row.name));
      if (ending === undefined) return [];
      const index = controlRows.length + made.indexOf(ending);
      const through = worked(world, ending, index, new Map([[ending.name, '']]));
      outcomes.set(
        ending.name,
        through
          ? { result: 'through', detail: '' }
          : reason === 'exit'
            ? { result: 'untested', detail: printed.slice(-200) }
            : { result: 'contained', detail: `the run was ended: ${reason}` },
      );
      return rest;
    });
  }
  return outcomes;
}

function worked(world: EscapeWorld, row: Attempt, number: number, told: Told): boolean {
  const output = told.get(row.name);
  return output !== undefined && row.proof({ output, token: tokenOf(world, number), world });
}

function outcomeOf(through: boolean, output: string): Outcome {
  const detail = output.trim().split('\n').at(-1) ?? '';
  if (through) return { result: 'through', detail };
  return { result: /^partly/m.test(output) ? 'contained' : 'blocked', detail };
}

async function tryAlone(row: Exclude<EscapeRow, BatchRow>, sandbox: Sandbox): Promise<Outcome> {
  return inWorld(async (world) => {
    if (row.kind === 'runner') return row.attempt(world, sandbox);
    const wanted = wantedAttempt(world, { ...row, seconds: row.seconds ?? attemptSecondsDefault }, 0);
    const { told, reason } = await runSandboxed(world, sandbox, [wanted], row.limits);
    const output = told.get(row.name) ?? '';
    if (worked(world, row, 0, told)) return { result: 'through', detail: output.trim() };
    if (reason !== 'exit') return { result: 'contained', detail: `the run was ended: ${reason}` };
    return told.has(row.name) ? outcomeOf(false, output || 'it was ended in the sandbox') : notMade;
  });
}

async function inWorld<T>(act: (world: EscapeWorld) => Promise<T>): Promise<T> {
  const world = await openWorld();
  try {
    return await act(world);
  } finally {
    world.close();
  }
}
