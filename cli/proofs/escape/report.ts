/** `skillgate doctor --escape`: runs the suite on this host and prints the results. */

import { findBackends } from '../../../runner/backends/backends.ts';
import type { Sandbox } from '../../../runner/sandbox/sandbox.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../../command.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  type OutputInk,
  type Safe,
  safe,
  table,
} from '../../terminal/output.ts';
import { startProgress } from '../../terminal/progress.ts';
import { detailOf, wantedAttempt, worked } from './batch.ts';
import { runBatchInSession } from './in-session.ts';
import { type AttemptPlace, findPlace, placeFor } from './place.ts';
import {
  type EscapeGroup,
  type EscapeResult,
  type EscapeRow,
  escapeGroups,
  type Outcome,
} from './row.ts';
import { escapeRows } from './rows.ts';
import {
  attemptsAtOnceMax,
  type Bare,
  type ExtraAccess,
  isWorthRetry,
  runSandboxed,
  tryBareAlone,
  tryBareTogether,
  withOwnLocks,
} from './sandboxed.ts';
import { type EscapeWorld, inWorld } from './world.ts';

const detailCharsMax = 160;

/** Concurrent attempts with their own run. */
const runsAtOnceMax = 2;

/** @throws Problem `usage`, `sandbox-missing` */
export async function reportEscapes(
  context: CommandContext,
  backend: string | undefined,
): Promise<ExitCode> {
  const { sandboxes, missing } = escapeBackends(backend);
  const progress = startProgress(context, escapeRows.length * sandboxes.length, 'attempts');
  const results = await runEscapeSuite({
    rows: escapeRows,
    sandboxes,
    signal: context.signal,
    onResult: ({ name }) => progress.step(name),
  }).finally(() => progress.end());
  const ink = inkFor(context.stdout, context.env);
  answer(context, { schema: 'skillgate.escape/1', rows: results }, () =>
    joined(
      [
        ...sandboxes.map(({ name }) =>
          backendText(
            results.filter((row) => row.backend === name),
            name,
            ink,
          ),
        ),
        ...missing.map(({ name, why }) => safe`not tested: ${name}: ${why}`),
      ],
      '\n\n',
    ),
  );
  return results.some((row) => row.result === 'through') ? exitCodes.refused : exitCodes.ok;
}

/** Counts by group and result, then each attempt that got through or was not tested. */
export function backendText(rows: readonly EscapeResult[], backend: string, ink: OutputInk): Safe {
  const columns = ['blocked', 'contained', 'untested', 'through'] as const;
  const cells = (name: string, some: readonly EscapeResult[]) => [
    name,
    some.length,
    some.filter((row) => row.bare === 'succeeds').length,
    ...columns.map((result) => some.filter((row) => row.result === result).length),
  ];
  const groups = escapeGroups
    .map((group) =>
      cells(
        group,
        rows.filter((row) => row.group === group),
      ),
    )
    .filter(([, number]) => number !== 0);
  const counts = table([
    [`on ${backend}`, 'rows', 'work bare', ...columns],
    ...groups,
    cells('all', rows),
  ]);
  const open = rows.filter((row) => row.result === 'through');
  const untested = rows.filter((row) => row.result === 'untested');
  const line = ({ group, name, bare, detail }: EscapeResult): Safe =>
    safe`  ${group}: ${name} (bare: ${bare}) ${detail}`;
  return joined(
    [
      counts,
      ...(untested.length === 0
        ? []
        : [
            safe`${ink.yellow('untested')}: the attempt fails on this host without a sandbox too, or the backend lacks what it needs`,
            ...untested.map(line),
          ]),
      ...(open.length === 0 ? [] : [safe`${ink.red('through')}:`, ...open.map(line)]),
      open.length === 0
        ? safe`${ink.green('no attempt got through')} ${backend}`
        : safe`${ink.red(`${count(open.length, 'attempt')} got through`)} ${backend}`,
    ],
    '\n',
  );
}

// The sandboxes that the escape suite tries on this host.

interface EscapeBackends {
  readonly sandboxes: readonly Sandbox[];
  /** Backends that cannot start on this host, with the reason. */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

/**
 * All backends of this host, or the named one.
 * @throws Problem `usage` for an unknown name, `sandbox-missing` for a backend that cannot start
 */
function escapeBackends(name: string | undefined): EscapeBackends {
  const all = findBackends();
  const found = all.filter((backend) => name === undefined || backend.name === name);
  if (found.length === 0)
    throw new Problem('usage', `There is no backend ${name}`, {
      hint: `Use one of: ${all.map((backend) => backend.name).join(', ')}`,
    });
  const sandboxes = found.flatMap((backend) => ('sandbox' in backend ? [backend.sandbox] : []));
  const missing = found.flatMap((backend) => ('why' in backend ? [backend] : []));
  const [first] = missing;
  if (sandboxes.length === 0 && first !== undefined)
    throw new Problem('sandbox-missing', `${first.name}: ${first.why}`);
  return { sandboxes, missing };
}

// The escape suite: each attempt without a sandbox first, then in every sandbox of this host.

interface EscapeSuite {
  readonly rows: readonly EscapeRow[];
  readonly sandboxes: readonly Sandbox[];
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

// Attempts in one sandbox, and their outcomes.

type BatchRow = Extract<EscapeRow, { kind: 'together' }>;
type Outcomes = Map<string, Outcome>;

/**
 * Makes attempts together in one sandbox, except those that may end their run or need another
 * policy. If an attempt ends the run nevertheless, the attempts without a result are made again,
 * one by one, in a new world.
 */
async function tryTogether(
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
async function tryAlone(row: EscapeRow, place: AttemptPlace): Promise<Outcome> {
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
