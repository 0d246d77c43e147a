/**
 * Watches a started sandbox: passes input and output, holds the limits on output and time, and
 * returns why the sandbox ended.
 */

import { pipeline } from 'node:stream/promises';
import { canaryName } from '../../skills-index/run/leaks/canary.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { LeakDetector } from '../egress/leaks.ts';
import type { RunningSandbox } from '../sandbox/sandbox.ts';
import type { EndReason, RunRequest, Stop } from './run-request.ts';

export interface WatchSettings extends Pick<RunRequest, 'onStderr' | 'onStdout' | 'stdin'> {
  readonly stops: readonly Stop[];
  /** Searches the output for the canary. A found canary must abort one of `stops`. */
  readonly leaks: LeakDetector;
  /**
   * Returns the milliseconds that the run waited for approvers. The run's time limit does not count
   * these milliseconds.
   */
  readonly waited: () => number;
}

/** Waits for the end of a sandbox. When `watchRun` returns, no process of the sandbox lives. */
export async function watchRun(
  running: RunningSandbox,
  { leaks, onStderr, onStdout, stdin, stops, waited }: WatchSettings,
  { limits }: Pick<Plan, 'limits'>,
): Promise<{ readonly reason: EndReason; readonly code: number | null }> {
  let stopped: EndReason | undefined;
  const stop = (reason: EndReason): void => {
    stopped ??= reason;
    running.kill();
  };
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const waitOrStop = (): void => {
    const left = limits.seconds * 1000 + waited() - (performance.now() - begun);
    if (left < 1) stop('limit:seconds');
    else timer = setTimeout(waitOrStop, left);
  };
  waitOrStop();
  const listening = new AbortController();
  for (const { signal, reason } of stops) {
    signal.addEventListener('abort', () => stop(reason), { signal: listening.signal });
    if (signal.aborted) stop(reason);
  }
  let left = limits.outputBytes;
  const pass = (channel: string, to: (chunk: Uint8Array) => void) => (chunk: Buffer) => {
    // A command may print a placeholder, since a placeholder is worthless outside the proxy. So
    // only the canary stops output.
    if (leaks.push(channel, chunk)?.name === canaryName) return;
    if (left > 0) to(chunk.subarray(0, left));
    left -= chunk.length;
    if (left < 0) stop('limit:output');
  };
  running.stdout.on('data', pass('stdout', onStdout));
  running.stderr.on('data', pass('stderr', onStderr));
  // A command may exit without reading all of its input.
  void pipeline(stdin instanceof Uint8Array ? [stdin] : (stdin ?? []), running.stdin).catch(
    () => undefined,
  );
  const end = await running.ended;
  clearTimeout(timer);
  listening.abort();
  if (stopped !== undefined) return { reason: stopped, code: null };
  if (end.outOfMemory) return { reason: 'limit:memory', code: null };
  if (end.outOfProcesses === true && end.code !== 0)
    return { reason: 'limit:processes', code: null };
  // A shell reports a signal as 128 plus the signal's number. 152 is SIGXCPU (24): the command used
  // up its processor seconds.
  if (end.code === 152) return { reason: 'limit:seconds', code: null };
  return end.code === null ? { reason: 'killed', code: null } : { reason: 'exit', code: end.code };
}
