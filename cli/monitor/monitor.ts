import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { noteBytesMax } from '../../skills-index/log/checkpoint.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import { statusBytesMax, verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-role.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { diskStore } from '../registries/carry-memory.ts';
import { freshRegistry } from '../registries/refresh.ts';
import { type TrustedRegistry, trustedRegistry } from '../registries/registries.ts';
import { parseBase } from '../registries/registry-base.ts';
import { parseEvery } from '../terminal/every-option.ts';
import { answer, count, inkFor, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';
import { pause } from '../witness/follow.ts';
import { type Difference, differenceMeanings } from './difference.ts';
import { makeMemory, type ReplayMemory } from './memory.ts';
import { keepEvidence, type Replay, replayOnce } from './replay.ts';
import { MonitorFolder, type ReplayWorld } from './world.ts';

/**
 * Seconds between looks, stored data about a log, and the allowed delay of a status behind
 * the log.
 */
const monitorSecondsDefault = 600;

/** How long a registry may show the head of its log without the entries. */
const notShownSecondsMax = 60 * 60;

/** `skillgate monitor URL`: whether index and status of a registry agree with its log. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, paths, cwd, signal, args } = context;
  const pinned = trustedRegistry(context, parseBase(args[0]));
  const every = parseEvery(options.every, monitorSecondsDefault);
  const below = resolve(cwd, String(options.data ?? join(paths.data, 'monitor')));
  const folder = new MonitorFolder(join(below, hexOf(pinned.fingerprint)));
  const memory = makeMemory();
  await mkdir(folder.dir, { recursive: true, mode: 0o700 });
  const { lockFolder } = await import('../../registry/store/database-file.ts');
  const letGo = lockFolder(folder.dir);
  try {
    for (;;) {
      const look = await replayAndPrint(context, pinned, {
        folder,
        ...memory,
        tries: options.follow === true,
      });
      if (look !== undefined && look.differences.length > 0) return exitCodes.refused;
      if (options.follow !== true) return exitCodes.ok;
      await pause(every * 1_000, signal);
      if (signal.aborted) return exitCodes.interrupted;
    }
  } finally {
    letGo();
  }
}

type Shown = Omit<Replay, 'status'>;

type Memory = ReplayMemory & {
  readonly folder: MonitorFolder;
  /** Whether the monitor tries again when the registry does not answer. */
  readonly tries: boolean;
};

async function replayAndPrint(
  context: CommandContext,
  pinned: TrustedRegistry,
  memory: Memory,
): Promise<Shown | undefined> {
  const { tries, ...remembered } = memory;
  let world = worldOf(context, pinned, remembered);
  try {
    // Administrators may have rotated keys since the last look. With old keys the monitor would
    // report differences that do not exist.
    const { registry, notes } = await freshRegistry(context, pinned, {
      offline: false,
      graceHours: 0,
      isDoubted: true,
    });
    for (const note of notes) printNote(context, safe`${note}`);
    world = worldOf(context, registry, remembered);
    const look = await replayNow(context, world);
    replayText(context, pinned, look);
    return look;
  } catch (cause) {
    if (!(cause instanceof Problem) || context.signal.aborted) throw cause;
    const judged = await judgeFailure(world, cause);
    if (typeof judged !== 'string') {
      replayText(context, pinned, judged);
      return judged;
    }
    const isBorne =
      judged === 'waiting' || cause.code === 'registry-down' || cause.code === 'registry-busy';
    if (!isBorne || !tries) throw cause;
    printNote(context, safe`${cause.message}; the monitor will try again`);
    return undefined;
  }
}

function worldOf(
  context: CommandContext,
  registry: TrustedRegistry,
  kept: Omit<Memory, 'tries'>,
): ReplayWorld {
  const { fetch, send, paths, signal, now } = context;
  const source = {
    fetch: send ?? fetch,
    store: diskStore(paths, registry.fingerprint),
    base: registry.base,
    signal,
  };
  return { ...registry, ...kept, source, now };
}

async function replayNow(context: CommandContext, world: ReplayWorld): Promise<Shown> {
  let progress: Progress | undefined;
  try {
    const { status: _, ...look } = await replayOnce({
      ...world,
      onWork: (entries) => {
        progress = startProgress(context, entries, 'entries');
      },
      onEntry: (index) => progress?.step(`log index ${index}`),
    });
    return look;
  } finally {
    progress?.end();
  }
}

function replayText(
  context: CommandContext,
  { base, root, fingerprint }: TrustedRegistry,
  look: Shown,
): void {
  const differences = look.differences.map((difference) => ({
    ...difference,
    means: differenceMeanings[difference.code],
  }));
  const summary = {
    registry: base,
    origin: root.origin,
    root: fingerprint,
    at: context.now().toISOString(),
  };
  answer(context, { schema: 'skillgate.monitor/1', ...summary, ...look, differences }, () =>
    textOf(context, base, look),
  );
  for (const note of look.notes) printNote(context, safe`${note}`);
}

function textOf(
  context: CommandContext,
  base: string,
  { differences, evidence, ...look }: Shown,
): Safe {
  const ink = inkFor(context.stdout, context.env);
  const { size, read, lines, stopped } = look;
  const what = safe`${count(size, 'entry', 'entries')} of the log (${read} new), ${count(lines, 'index line')} (${stopped} stopped)`;
  if (differences.length === 0)
    return safe`${ink.green('✔')} ${base}: ${what}: index and status agree with the log`;
  return joined(
    [
      safe`${ink.red('✘')} ${base}: ${what}: ${count(differences.length, 'difference')}`,
      ...differences.map(
        ({ code, place, message }) =>
          safe`  ${ink.red(code)} at ${ink.bold(place)}\n    ${message}\n    ${differenceMeanings[code]}`,
      ),
      safe`  ${ink.cyan('help:')} send the evidence to the operator and to others who use this registry; install nothing from this registry until the operator has explained the difference`,
      ...(evidence === undefined ? [] : [safe`  evidence: ${evidence}`]),
    ],
    '\n',
  );
}

// A failed look. Either the registry is down, or it shows the signed head of its log without other
// files that a look needs. The second is tolerated for an hour, as any breakdown is. Then it is a
// difference, because errors instead of answers could hide a revocation for ever.

const answers: readonly ProblemCode[] = [
  ...(['registry-down', 'registry-busy', 'registry-answer-invalid', 'not-found'] as const),
  ...(['statement-invalid', 'signature-invalid', 'status-stale'] as const),
];

/** `away`: the registry shows no head either; `waiting`: it does, and the hour is not over. */
type JudgedFailure = 'away' | 'waiting' | Omit<Replay, 'status'>;

async function judgeFailure(world: ReplayWorld, cause: Problem): Promise<JudgedFailure> {
  const { folder, fingerprint, source } = world;
  const note = answers.includes(cause.code)
    ? ((await shownCheckpoint(world)) ?? (await shownInStatus(world)))
    : undefined;
  if (note === undefined) return 'away';
  const now = world.now().getTime();
  const state = await folder.read(fingerprint);
  // A clock that was ahead once must not put the hour off.
  const since =
    state.failing === undefined || Date.parse(state.failing) > now
      ? new Date(now).toISOString()
      : state.failing;
  if (since !== state.failing) await folder.write({ ...state, failing: since });
  if (now - Date.parse(since) <= notShownSecondsMax * 1_000) return 'waiting';
  const { size } = verifyRootCheckpoint(note, world.root);
  const message = `Since ${since} the registry has shown the head of its log, but not the files to compare with it: ${cause.message}`;
  const differences: Difference[] = [{ code: 'not-shown', place: source.base, message }];
  const evidence = await keepEvidence(world, differences, [['newest-head.txt', note]]);
  const kept = evidence === undefined ? {} : { evidence };
  return { size, read: 0, lines: 0, stopped: 0, differences, notes: [], ...kept };
}

async function shownCheckpoint({ source, root }: ReplayWorld): Promise<string | undefined> {
  return ifGood(async () => {
    const bytes = await fetchFile(source, '/log/checkpoint', noteBytesMax);
    const note = bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
    verifyRootCheckpoint(note, root);
    return note;
  });
}

async function shownInStatus({ source, root, now }: ReplayWorld): Promise<string | undefined> {
  return ifGood(async () => {
    const bytes = await fetchFile(source, '/index/status.json', statusBytesMax);
    return bytes === undefined ? undefined : verifyStatus(bytes, root, now().getTime()).checkpoint;
  });
}

async function ifGood(read: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}
