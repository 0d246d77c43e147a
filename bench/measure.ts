/**
 * How things are measured: side by side, in turn, so that a ratio holds when the machine's speed
 * drifts.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** The middle value; of an even number of values the upper middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share `q` of the values lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Milliseconds that a call takes. */
export async function wallMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** CPU milliseconds, user and system, of this process during the work. */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Makes dist/ anew: start times are those of what is installed. */
export function build(): void {
  const { status } = spawnSync('npm', ['run', '-s', 'build'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('npm run build failed');
}

/**
 * CPU milliseconds, user and system, of a command as a whole process: the mean over `runs`, from
 * the kernel's account of finished children.
 */
export function childCpuMs(argv: readonly string[], runs: number, env?: NodeJS.ProcessEnv): number {
  const before = childTicks();
  for (let i = 0; i < runs; i++) runOnce(argv, env);
  return ((childTicks() - before) * 10) / runs;
}

/** The same of all children that end during some work, while this process serves them. */
export async function servedCpuMs(work: () => Promise<void>, runs: number): Promise<number> {
  const before = childTicks();
  for (let i = 0; i < runs; i++) await work();
  return ((childTicks() - before) * 10) / runs;
}

/** Wall milliseconds of one run of a command. */
export function childWallMs(argv: readonly string[], env?: NodeJS.ProcessEnv): number {
  const start = performance.now();
  runOnce(argv, env);
  return performance.now() - start;
}

/** Milliseconds that one append of `bytes` and an fdatasync take on the file system of `path`. */
export function syncMs(path: string, bytes: number): number {
  const file = openSync(path, 'a');
  const start = performance.now();
  writeSync(file, Buffer.alloc(bytes, 1));
  fdatasyncSync(file);
  const taken = performance.now() - start;
  closeSync(file);
  return taken;
}

function runOnce([program = '', ...args]: readonly string[], env?: NodeJS.ProcessEnv): void {
  const { status, stderr } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(env === undefined ? {} : { env }),
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
}

// proc(5): fields 16 and 17 of stat are user and system time of waited-for children, in ticks of 10
// ms.
function childTicks(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[13]) + Number(fields[14]);
}
