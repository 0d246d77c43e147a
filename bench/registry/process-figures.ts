/** What the kernel counts of a process, and how loaded the machine is. */
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';

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

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

/** Processes that wanted a processor in the last minute, on average. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}
