/** What the kernel counts of a process, and how loaded the machine is. */
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process is idle that takes less processor time in that time. */
const idleMs = 3_000;
const idleCpuMs = 30;

/** Processor milliseconds of a process so far, all threads. */
export function cpuMsOf(pid: number): number {
  // The first number of schedstat is the time on a processor in nanoseconds.
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) => {
    try {
      return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      return 0;
    }
  });
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** Waits until what a process does beside requests is done. */
export async function untilIdle(pid: number): Promise<void> {
  for (let before = 0; cpuMsOf(pid) - before > idleCpuMs; ) {
    before = cpuMsOf(pid);
    await sleep(idleMs);
  }
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

/** Processes that wanted a processor in the last minute, on average. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}
