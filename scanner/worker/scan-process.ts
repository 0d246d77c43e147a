/** One scanning child as a process: started, asked, and killed when it takes too long. */
import { spawn } from 'node:child_process';
import { Problem } from '../../skills-index/skill/problem.ts';
import { childAnswerBytesMax, childStartSecondsMax } from '../limits.ts';
import { FrameReader, frameOf } from './child-frames.ts';
import type { Isolation } from './isolation.ts';

export interface ScanProcess {
  /** Requests answered so far. */
  readonly answered: number;
  readonly alive: boolean;
  /**
   * Sends one request's body and gives the answer's.
   * @throws Problem `scan-killed`; the process is gone then
   */
  ask(body: Uint8Array, secondsMax: number): Promise<Uint8Array>;
  kill(): void;
}

type Waiting = {
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (problem: Problem) => void;
};

/**
 * Starts a child and waits until it is ready.
 * @throws Problem `scan-killed` when it does not get ready
 */
export async function startScanProcess({ argv }: Isolation): Promise<ScanProcess> {
  const [program, ...args] = argv;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {}, cwd: '/' });
  const reader = new FrameReader(childAnswerBytesMax);
  let waiting: Waiting | undefined;
  let said = '';
  let alive = true;
  let answered = -1;
  const end = (why: string): void => {
    alive = false;
    child.kill('SIGKILL');
    const last = waiting;
    waiting = undefined;
    last?.reject(
      new Problem('scan-killed', `The scan was stopped: ${why}`, said === '' ? {} : { hint: said }),
    );
  };
  child.stdout.on('data', (chunk: Uint8Array) => {
    const frames = reader.push(chunk);
    if (frames === undefined) return end(`its answer is longer than ${childAnswerBytesMax} bytes`);
    for (const frame of frames) {
      const last = waiting;
      waiting = undefined;
      answered++;
      // An answer that nobody asked for: the process is no longer what was started.
      if (last === undefined) return end('it spoke without being asked');
      last.resolve(frame);
    }
  });
  child.stderr.on('data', (chunk: Uint8Array) => {
    said = (said + Buffer.from(chunk).toString('utf8')).slice(-2_000);
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => end(error.message));
  child.on('close', (code, signal) =>
    end(signal === null ? `it ended with ${code}` : `it ended by ${signal}`),
  );
  const answer = (secondsMax: number, send: () => void): Promise<Uint8Array> => {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    if (!alive)
      return Promise.reject(
        new Problem('scan-killed', 'The scan was stopped: its process is gone', { hint: said }),
      );
    waiting = { resolve, reject };
    const watchdog = setTimeout(() => end(`it took more than ${secondsMax} s`), secondsMax * 1_000);
    send();
    return promise.finally(() => clearTimeout(watchdog));
  };
  await answer(childStartSecondsMax, () => undefined);
  return {
    get answered() {
      return answered;
    },
    get alive() {
      return alive;
    },
    ask: (body, secondsMax) => answer(secondsMax, () => child.stdin.write(frameOf(body))),
    kill: () => end('it is no longer needed'),
  };
}
