/** A thread of the fuzzer: takes cases by number, and says which one it is at. */
import { parentPort, workerData } from 'node:worker_threads';
import { makeCase, runCase } from './case.ts';
import { readSeeds } from './seeds.ts';

export interface WorkerTask {
  readonly seed: number;
  /** The next case that nobody has, the number of cases; then for each thread the case it is at. */
  readonly shared: SharedArrayBuffer;
  readonly thread: number;
}

export interface Failure {
  readonly index: number;
  readonly what: string;
  readonly stack: string;
}

/** CPU time of one case; other programs on the machine do not count. */
const slowMilliseconds = 3_000;

const { seed, shared, thread } = workerData as WorkerTask;
const counters = new Int32Array(shared);
const seeds = readSeeds();

for (
  let index = Atomics.add(counters, 0, 1);
  index < Atomics.load(counters, 1);
  index = Atomics.add(counters, 0, 1)
) {
  Atomics.store(counters, 2 + thread, index);
  const start = process.threadCpuUsage();
  try {
    await runCase(makeCase(seed, index, seeds));
    const spent = process.threadCpuUsage(start).user / 1_000;
    if (spent > slowMilliseconds)
      report({ index, what: `slow: ${Math.round(spent)} ms`, stack: '' });
  } catch (cause) {
    const stack = cause instanceof Error ? (cause.stack ?? '') : String(cause);
    report({ index, what: cause instanceof Error ? cause.message : String(cause), stack });
  }
}
Atomics.store(counters, 2 + thread, -1);

function report(failure: Failure): void {
  parentPort?.postMessage(failure);
}
