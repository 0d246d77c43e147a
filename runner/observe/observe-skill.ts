/**
 * Observes a submission in a process of its own. Whatever a submission does to its observer,
 * neither the command line nor a scanner at work waits longer than the observation may take.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ObservedBehaviour } from '../../skills-index/statement/observation.ts';

/** Seconds of all steps together, of one step, and for the processes that a step left behind. */
const observationSecondsMax = 60;

/** Seconds beyond its time after which the process of an observation is killed. */
const watchdogSeconds = 10;

interface ObservedSkill {
  readonly files: readonly {
    readonly path: string;
    readonly mode: '644' | '755';
    readonly bytes: Uint8Array;
  }[];
  /** Absent for a folder without skill.json, which then declares nothing. */
  readonly manifest: Manifest | undefined;
}

interface ObservationRequest {
  readonly skill: ObservedSkill;
  readonly paths: { readonly cache: string; readonly data: string };
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** Called before each step, with the number of planned steps. */
  readonly onStep?: (title: string, planned: number) => void;
  /** Seconds for all steps; at most the limit. */
  readonly seconds?: number;
}

/** What the process gets. */
export interface ObservationTask extends Pick<ObservationRequest, 'skill' | 'paths'> {
  readonly time: number;
  readonly seconds: number;
}

/** What the process sends: steps as they begin, then the observation, or why there is none. */
export type ObservationMessage =
  | { readonly title: string; readonly planned: number }
  | { readonly observation: ObservedBehaviour }
  | { readonly problem: Pick<Problem, 'code' | 'message' | 'hint'> };

/** @throws Problem `sandbox-missing`, `sandbox-refused` */
export function observeSkill(request: ObservationRequest): Promise<ObservedBehaviour> {
  const { now, onStep, paths, signal, skill } = request;
  signal?.throwIfAborted();
  const max = observationSecondsMax;
  const seconds = Math.min(request.seconds ?? max, max);
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child = fork(fileURLToPath(new URL(`./observe-process.${ending}`, import.meta.url)), [], {
    // Nothing that the observer could lose: it searches PATH for programs, and makes folders.
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    const kill = (): void => void child.kill('SIGKILL');
    let watchdog = setTimeout(kill, (seconds + watchdogSeconds) * 1000);
    // Without its channel the process ends its sandboxes, and then itself.
    const stop = (): void => {
      if (child.connected) child.disconnect();
      clearTimeout(watchdog);
      watchdog = setTimeout(kill, watchdogSeconds * 1000);
    };
    signal?.addEventListener('abort', stop);
    child.on('message', (message: ObservationMessage) => {
      if ('title' in message) return onStep?.(message.title, message.planned);
      if ('observation' in message) resolve(message.observation);
      else {
        const { code, hint, message: why } = message.problem;
        reject(new Problem(code, why, hint === undefined ? {} : { hint }));
      }
    });
    child.on('error', reject).on('exit', (code, end) => {
      clearTimeout(watchdog);
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted === true) return reject(signal.reason);
      const why = `The observation ended without a result (${end ?? `exit ${code}`})`;
      reject(
        new Problem('sandbox-refused', why, { hint: 'Observe it again, or on another host.' }),
      );
    });
    const task: ObservationTask = { skill, paths, time: now().getTime(), seconds };
    child.send(task);
  });
}
