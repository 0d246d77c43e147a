/** Attempts in one sandbox, and their outcomes. */
import { Problem } from '../../../skills-index/skill/problem.ts';
import { detailOf, wantedAttempt, worked } from './batch.ts';
import { runBatchInSession } from './in-session.ts';
import { attemptsAtOnceMax } from './limits.ts';
import { type AttemptPlace, placeFor } from './place.ts';
import type { EscapeRow, Outcome } from './row.ts';
import { runSandboxed, withOwnLocks } from './sandboxed.ts';
import { type EscapeWorld, inWorld } from './world.ts';

type BatchRow = Extract<EscapeRow, { kind: 'together' }>;
type Outcomes = Map<string, Outcome>;

/**
 * Makes attempts together in one sandbox, except those that may end their run or need another
 * policy. If an attempt ends the run nevertheless, the attempts without a result are made again,
 * one by one, in a new world.
 */
export async function tryTogether(
  rows: readonly BatchRow[],
  place: AttemptPlace,
  signal?: AbortSignal,
): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  const batched = rows.filter((row) => row.ends !== true && row.needs === undefined);
  const inSkill = batched.filter((row) => row.in === undefined);
  await tryBatches({ rows: inSkill, place, outcomes }, signal);
  const inSession = batched.filter((row) => row.in === 'session');
  const [first] = inSession;
  if (first !== undefined)
    await tryBatches({ rows: inSession, place: placeFor(first, place), outcomes }, signal).catch(
      (cause: unknown) => {
        // The rows without an outcome are tried alone, and say why they are untested.
        if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
      },
    );
  return outcomes;
}

async function tryBatches(
  { outcomes, place, rows }: Omit<Batch, 'atOnce'>,
  signal?: AbortSignal,
): Promise<void> {
  let remaining = rows;
  for (let atOnce = attemptsAtOnceMax; remaining.length > 0; atOnce = 1) {
    signal?.throwIfAborted();
    const batch = { rows: remaining, place, atOnce, outcomes };
    remaining = await inWorld((world) => tryBatch(world, batch));
  }
}

interface Batch {
  readonly rows: readonly BatchRow[];
  readonly place: AttemptPlace;
  readonly atOnce: number;
  /** Filled by `tryBatch`. */
  readonly outcomes: Outcomes;
}

/** @returns the attempts to make again */
async function tryBatch(
  world: EscapeWorld,
  { rows, place, atOnce, outcomes }: Batch,
): Promise<readonly BatchRow[]> {
  const { controls } = place;
  const all = [...controls, ...rows];
  const wanted = all.map((row, number) => wantedAttempt(world, row, number));
  const { outputs, reason, printed } =
    place.isSession === true
      ? await runBatchInSession(world, place.sandbox, wanted, atOnce)
      : await runSandboxed(world, place, wanted, {
          atOnce,
          ...(rows.some(({ needs }) => needs === 'ownLocks') ? { change: withOwnLocks } : {}),
        });
  // The run was ended before the granted actions were tried, so no result counts.
  if (reason !== 'exit' && atOnce > 1 && !controls.every((row) => outputs.has(row.name)))
    return rows;
  const failed = controls.find((row, number) => !worked(world, row, number, outputs));
  const why = `a granted action fails: ${failed?.name}: ${outputs.get(failed?.name ?? '') ?? printed}`;
  for (const [index, row] of rows.entries()) {
    const output = outputs.get(row.name);
    const isThrough = worked(world, row, controls.length + index, outputs);
    if (output === undefined) continue;
    outcomes.set(
      row.name,
      failed === undefined || isThrough
        ? outcomeOf(isThrough, output)
        : { result: 'untested', detail: why },
    );
  }
  const withoutOutput = rows.filter((row) => !outputs.has(row.name));
  const [first] = withoutOutput;
  if (first === undefined || (atOnce > 1 && withoutOutput.length > 1)) return withoutOutput;
  const output = new Map([[first.name, '']]);
  const isThrough = worked(world, first, all.indexOf(first), output);
  const ended: Outcome =
    reason === 'exit'
      ? { result: 'untested', detail: `the attempt was not made: ${printed.slice(-200)}` }
      : { result: 'contained', detail: `the run was ended: ${reason}` };
  outcomes.set(
    first.name,
    isThrough ? { result: 'through', detail: `the run was ended: ${reason}` } : ended,
  );
  return withoutOutput.slice(1);
}

function outcomeOf(isThrough: boolean, output: string): Outcome {
  const detail = detailOf(output);
  if (isThrough) return { result: 'through', detail };
  if (/^untested/m.test(output)) return { result: 'untested', detail };
  return { result: /^partly/m.test(output) ? 'contained' : 'blocked', detail };
}

/** Makes an attempt in its own run. The attempt is untested when the sandbox does not start. */
export async function tryAlone(row: EscapeRow, place: AttemptPlace): Promise<Outcome> {
  try {
    return await inWorld((world) => tryIn(world, row, place));
  } catch (cause) {
    if (
      !(
        cause instanceof Problem &&
        (cause.code.startsWith('sandbox-') ||
          cause.code === 'mode-unsupported' ||
          cause.code === 'plan-refused')
      )
    )
      throw cause;
    return { result: 'untested', detail: `${cause.code}: ${cause.message}` };
  }
}

async function tryIn(world: EscapeWorld, row: EscapeRow, place: AttemptPlace): Promise<Outcome> {
  if (row.kind === 'runner') return await row.attempt(world, place.sandbox);
  const outcomes: Outcomes = new Map();
  const notMade: Outcome = { result: 'untested', detail: 'the attempt was not made' };
  if (row.kind === 'together') {
    await tryBatch(world, { rows: [row], place: placeFor(row, place), atOnce: 1, outcomes });
    return outcomes.get(row.name) ?? notMade;
  }
  const { limits } = row;
  const { outputs, reason } = await runSandboxed(world, place, [wantedAttempt(world, row, 0)], {
    limits,
    atOnce: 1,
  });
  const output = outputs.get(row.name);
  if (worked(world, row, 0, outputs)) return outcomeOf(true, output ?? '');
  if (reason !== 'exit') return { result: 'contained', detail: `the run was ended: ${reason}` };
  return output === undefined
    ? notMade
    : outcomeOf(false, output || 'the sandbox ended the attempt');
}
