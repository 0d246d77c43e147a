/** Attempts in one sandbox, and what came of each. */
import { Problem } from '../../../skills-index/skill/problem.ts';
import { detailOf, wantedAttempt, worked } from './batch.ts';
import { attemptsAtOnceMax } from './limits.ts';
import type { AttemptPlace } from './place.ts';
import type { EscapeRow, Outcome } from './row.ts';
import { runSandboxed, withOwnLocks } from './sandboxed.ts';
import { type EscapeWorld, inWorld } from './world.ts';

type BatchRow = Extract<EscapeRow, { kind: 'together' }>;
type Outcomes = Map<string, Outcome>;

/**
 * All but those that may end their run or need another policy, in one sandbox. Where one of them
 * ends it nevertheless, those that are left are made again one by one in another world, which knows
 * nothing of it; and so on.
 */
export async function tryTogether(
  rows: readonly BatchRow[],
  place: AttemptPlace,
  signal?: AbortSignal,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  let left: readonly BatchRow[] = rows.filter(
    (row) => row.ends !== true && row.needs === undefined,
  );
  for (let atOnce = attemptsAtOnceMax; left.length > 0; atOnce = 1) {
    signal?.throwIfAborted();
    left = await inWorld((world) => tryBatch(world, { rows: left, place, atOnce, outcomes }));
  }
  return outcomes;
}

interface Batch {
  readonly rows: readonly BatchRow[];
  readonly place: AttemptPlace;
  readonly atOnce: number;
  /** Added to. */
  readonly outcomes: Outcomes;
}

/** Gives back what has to be made again. */
async function tryBatch(
  world: EscapeWorld,
  { rows, place, atOnce, outcomes }: Batch,
): Promise<readonly BatchRow[]> {
  const { controls } = place;
  const all = [...controls, ...rows];
  const wanted = all.map((row, number) => wantedAttempt(world, row, number));
  const { told, reason, printed } = await runSandboxed(world, place, wanted, {
    atOnce,
    ...(rows.some(({ needs }) => needs === 'ownLocks') ? { change: withOwnLocks } : {}),
  });
  // The run was ended before what is granted was tried, so nothing that was told counts.
  if (reason !== 'exit' && atOnce > 1 && !controls.every((row) => told.has(row.name))) return rows;
  const failed = controls.find((row, number) => !worked(world, row, number, told));
  const why = `what was granted does not work: ${failed?.name}: ${told.get(failed?.name ?? '') ?? printed}`;
  for (const [index, row] of rows.entries()) {
    const output = told.get(row.name);
    const isThrough = worked(world, row, controls.length + index, told);
    if (output === undefined) continue;
    outcomes.set(
      row.name,
      failed === undefined || isThrough
        ? outcomeOf(isThrough, output)
        : { result: 'untested', detail: why },
    );
  }
  const silent = rows.filter((row) => !told.has(row.name));
  const [first] = silent;
  if (first === undefined || (atOnce > 1 && silent.length > 1)) return silent;
  const output = new Map([[first.name, '']]);
  const isThrough = worked(world, first, all.indexOf(first), output);
  const ended: Outcome =
    reason === 'exit'
      ? { result: 'untested', detail: `it was not made: ${printed.slice(-200)}` }
      : { result: 'contained', detail: `the run was ended: ${reason}` };
  outcomes.set(
    first.name,
    isThrough ? { result: 'through', detail: `the run was ended: ${reason}` } : ended,
  );
  return silent.slice(1);
}

function outcomeOf(isThrough: boolean, output: string): Outcome {
  const detail = detailOf(output);
  if (isThrough) return { result: 'through', detail };
  if (/^untested/m.test(output)) return { result: 'untested', detail };
  return { result: /^partly/m.test(output) ? 'contained' : 'blocked', detail };
}

/** One with a run of its own. A sandbox that does not start was not tried. */
export async function tryAlone(row: EscapeRow, place: AttemptPlace): Promise<Outcome> {
  try {
    return await inWorld((world) => tryIn(world, row, place));
  } catch (cause) {
    if (
      !(
        cause instanceof Problem &&
        (cause.code.startsWith('sandbox-') || cause.code === 'mode-unsupported')
      )
    )
      throw cause;
    return { result: 'untested', detail: `${cause.code}: ${cause.message}` };
  }
}

async function tryIn(world: EscapeWorld, row: EscapeRow, place: AttemptPlace): Promise<Outcome> {
  if (row.kind === 'runner') return await row.attempt(world, place.sandbox);
  const outcomes: Outcomes = new Map();
  const notMade: Outcome = { result: 'untested', detail: 'it was not made' };
  if (row.kind === 'together') {
    await tryBatch(world, { rows: [row], place, atOnce: 1, outcomes });
    return outcomes.get(row.name) ?? notMade;
  }
  const { limits } = row;
  const { told, reason } = await runSandboxed(world, place, [wantedAttempt(world, row, 0)], {
    limits,
    atOnce: 1,
  });
  const output = told.get(row.name);
  if (worked(world, row, 0, told)) return outcomeOf(true, output ?? '');
  if (reason !== 'exit') return { result: 'contained', detail: `the run was ended: ${reason}` };
  return output === undefined ? notMade : outcomeOf(false, output || 'it was ended in the sandbox');
}
