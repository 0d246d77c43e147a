import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { diskStore } from '../registries/disk-store.ts';
import { freshRegistry } from '../registries/refresh.ts';
import { type TrustedRegistry, trustedRegistry } from '../registries/registries.ts';
import { parseBase } from '../registries/registry-base.ts';
import { parseEvery } from '../terminal/every-option.ts';
import { answer, count, inkFor, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';
import { pause } from '../witness/follow.ts';
import { differenceMeanings } from './difference.ts';
import { monitorSecondsDefault } from './limits.ts';
import { type Look, replayOnce } from './look.ts';
import { makeMemory, type ReplayMemory } from './memory.ts';
import { judgeFailure } from './not-shown.ts';
import { MonitorFolder } from './state.ts';
import type { ReplayWorld } from './world.ts';

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

type Shown = Omit<Look, 'status'>;

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
