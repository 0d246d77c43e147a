/** One scanning child as a process: started, given requests, and killed when it takes too long. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Problem } from '../../skills-index/skill/problem.ts';
import { childAnswerBytesMax, childStartSecondsMax } from '../limits.ts';
import { FrameReader, frameOf } from './child-frames.ts';
import type { Isolation } from './isolation.ts';
import { startWatchdog } from './watchdog.ts';

export interface ScanProcess {
  /** Requests answered so far. */
  readonly answered: number;
  readonly alive: boolean;
  /**
   * Sends a request's body and returns the answer's body.
   * @throws Problem `scan-killed`; the process is gone then
   */
  ask(body: Uint8Array, secondsMax: number): Promise<Uint8Array>;
  kill(): void;
}

/** A child that may still be loading. */
export type LoadingScanner = ChildProcessWithoutNullStreams;

/**
 * Starts a child and waits until it is ready.
 * @throws Problem `scan-killed` when it does not get ready
 */
export function startScanProcess({ argv }: Pick<Isolation, 'argv'>): Promise<ScanProcess> {
  return untilReady(spawnScanner(argv, {}));
}

/** @param env all environment variables of the child */
export function spawnScanner(
  [program, ...args]: Isolation['argv'],
  env: NodeJS.ProcessEnv,
): LoadingScanner {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: '/' });
  // Without a listener, a failed start would end this process before anybody waits for the child.
  return child.on('error', () => undefined);
}

/** @throws Problem `scan-killed` when the child does not get ready */
export async function untilReady(child: LoadingScanner): Promise<ScanProcess> {
  const watchdog = startWatchdog<Uint8Array>(() => void child.kill('SIGKILL'));
  const reader = new FrameReader(childAnswerBytesMax);
  let stderr = '';
  let answered = -1;
  child.stdout.on('data', (chunk: Uint8Array) => {
    const frames = reader.push(chunk);
    if (frames === undefined)
      return watchdog.end(`its answer is longer than ${childAnswerBytesMax} bytes`);
    for (const frame of frames) {
      answered++;
      // A skill may have taken over the process: no later output of it is trusted.
      if (!watchdog.answer(frame)) return watchdog.end('it sent an answer without a request');
    }
  });
  child.stderr.on('data', (chunk: Uint8Array) => {
    stderr = (stderr + Buffer.from(chunk).toString('utf8')).slice(-2_000);
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => watchdog.end(error.message));
  child.on('close', (code, signal) =>
    watchdog.end(signal === null ? `it ended with ${code}` : `it ended by ${signal}`),
  );
  // A child that ended before anybody listened tells nobody.
  const isGone = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (isGone) setImmediate(() => watchdog.end('it ended at its start'));
  const answerTo = async (send: () => void, secondsMax: number): Promise<Uint8Array> => {
    const outcome = await watchdog.ask(send, secondsMax);
    if ('answer' in outcome) return outcome.answer;
    throw new Problem(
      'scan-killed',
      `The scan was stopped: ${outcome.killed}`,
      stderr === '' ? {} : { hint: stderr },
    );
  };
  await answerTo(() => undefined, childStartSecondsMax);
  return {
    get answered() {
      return answered;
    },
    get alive() {
      return watchdog.alive;
    },
    ask: (body, secondsMax) => answerTo(() => child.stdin.write(frameOf(body)), secondsMax),
    kill: () => watchdog.end('it is no longer needed'),
  };
}
