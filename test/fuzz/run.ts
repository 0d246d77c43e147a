/**
 * `npm run fuzz -- N [--seed S] [--from I] [--case I]`: N random inputs to every parser and to whole
 * scans. Prints what crashes, hangs, is slow or gives two answers, with the command that does it
 * again; ends with 1 when there was any.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { makeCase, runCase } from './case.ts';
import { readSeeds } from './seeds.ts';
import type { Failure, WorkerTask } from './worker.ts';

/** Processor time of one case, and how long a case may wait. */
const hangSeconds = 30;
const waitSeconds = 600;
const shownFailuresMax = 50;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    case: { type: 'string' },
    from: { type: 'string', default: '0' },
    help: { type: 'boolean' },
    threads: { type: 'string' },
  },
});
const help = `npm run fuzz -- [N] [--seed S] [--from I] [--threads T]
npm run fuzz -- --seed S --case I

Runs N random inputs (10,000 by default) through every parser and through whole scans. The exit code
is 1 when an input crashes a parser, takes over ${hangSeconds} s, or gets two answers.

  --seed S     another seed makes other inputs (default: 1)
  --from I     begins at case I of the seed
  --case I     prints one case and runs it in this process
  --threads T  cases at once (default: one for each core, 8 at most)

Example: npm run fuzz -- 100000 --seed 7
`;
const seed = Number(values.seed);
const from = Number(values.from);
const count = Number(positionals[0] ?? 10_000);
const until = from + count;
const threads = Number(values.threads ?? Math.min(availableParallelism(), 8));

if (values.help === true) process.stdout.write(help);
else if (![seed, from, count].every(Number.isSafeInteger)) throw new Error(`Usage:\n${help}`);
else if (values.case === undefined) await runAll();
else await runOne(Number(values.case));

async function runOne(index: number): Promise<void> {
  const one = makeCase(seed, index, readSeeds());
  for (const { path, bytes } of one.files)
    process.stdout.write(
      `-- ${path} (${one.kind}) --\n${JSON.stringify(Buffer.from(bytes).toString('latin1'))}\n`,
    );
  const start = performance.now();
  await runCase(one);
  process.stdout.write(`held, ${Math.round(performance.now() - start)} ms\n`);
}

async function runAll(): Promise<void> {
  const shared = new SharedArrayBuffer(4 * (2 + threads));
  const counters = new Int32Array(shared);
  counters.set([from, until]);
  const failures: Failure[] = [];
  const start = performance.now();
  const progress = setInterval(() => {
    const done = Math.min(Atomics.load(counters, 0), until) - from;
    process.stderr.write(
      `${done} of ${count}, ${Math.round((done * 1_000) / (performance.now() - start))} a second, ${failures.length} failed\n`,
    );
  }, 10_000);
  await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      runThread({ seed, shared, thread }, counters, failures),
    ),
  );
  clearInterval(progress);
  const alike = Map.groupBy(
    failures,
    ({ what, stack }) => `${what.replace(/\d+/g, '#')}\n${stack.split('\n')[1] ?? ''}`,
  );
  for (const group of [...alike.values()].slice(0, shownFailuresMax)) show(group);
  const seconds = (performance.now() - start) / 1_000;
  const taken = Math.min(Atomics.load(counters, 0), until) - from;
  process.stdout.write(
    `${taken} of ${count} cases of seed ${seed} in ${seconds.toFixed(0)} s on ${threads} threads: ${failures.length} failed\n`,
  );
  process.exitCode = failures.length > 0 || taken < count ? 1 : 0;
}

// A thread that stays at one case is ended, and another takes its place. Processor time counts,
// because a busy machine can keep a case waiting; the wall clock ends a case that only waits.
async function runThread(
  task: WorkerTask,
  counters: Int32Array,
  failures: Failure[],
): Promise<void> {
  const report = (failure: Failure): void => {
    failures.push(failure);
    process.stderr.write(`case ${failure.index}: ${failure.what}\n`);
  };
  while (Atomics.load(counters, 0) < until) {
    const taken = Atomics.load(counters, 0);
    await new Promise<void>((resolve) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), {
        workerData: task,
        resourceLimits: { maxOldGenerationSizeMb: 1_500 },
      });
      let at = -2;
      let hangs = false;
      let since = { wall: performance.now(), processor: process.cpuUsage() };
      const watch = setInterval(() => {
        const now = Atomics.load(counters, 2 + task.thread);
        if (now !== at) {
          at = now;
          since = { wall: performance.now(), processor: process.cpuUsage() };
          return;
        }
        const { user } = process.cpuUsage(since.processor);
        hangs ||=
          user > hangSeconds * 1e6 * threads ||
          performance.now() - since.wall > waitSeconds * 1_000;
        if (!hangs) return;
        clearInterval(watch);
        report({
          index: now,
          what: `hangs: over ${hangSeconds} s, or waits for ever`,
          stack: '',
        });
        void worker.terminate();
      }, 1_000);
      worker.on('message', report);
      let cause: unknown;
      worker.on('error', (error) => {
        cause = error;
      });
      worker.on('exit', (code) => {
        clearInterval(watch);
        const index = Atomics.load(counters, 2 + task.thread);
        if (code !== 0 && !hangs)
          report({ index, what: `the thread died: ${String(cause ?? code)}`, stack: '' });
        resolve();
      });
    });
    // A thread that cannot even start would start again for ever.
    if (Atomics.load(counters, 0) === taken) return;
  }
}

// Of failures that look alike, the first.
function show([first, ...rest]: readonly Failure[]): void {
  if (first === undefined) return;
  const { index, what, stack } = first;
  const one = makeCase(seed, index, readSeeds());
  const frames = stack.split('\n').slice(1, 6).join('\n');
  process.stdout.write(
    `\ncase ${index} (${one.kind}): ${what}${rest.length === 0 ? '' : ` (and ${rest.length} like it)`}\n${frames}\n`,
  );
  for (const { path, bytes } of one.files)
    process.stdout.write(
      `  ${path}: ${JSON.stringify(Buffer.from(bytes).toString('latin1')).slice(0, 400)}\n`,
    );
  process.stdout.write(`  npm run fuzz -- --seed ${seed} --case ${index}\n`);
}
