/**
 * Samples the processes of a sandbox a few times a second, and records each process once: its name
 * and a digest of its arguments.
 */
import { readFileSync } from 'node:fs';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { startTimeOf } from '../files/lock.ts';
import { childrenMax, childrenMilliseconds } from '../limits.ts';
import type { RunningSandbox } from '../sandbox/sandbox.ts';

/**
 * The names of the sandbox's own processes. Those processes start the skill's command or carry its
 * requests, so the log does not name them.
 */
const own: readonly string[] = ['bwrap', 'socat', 'forwarder'];

/**
 * Records processes until the sandbox has ended. Sampling misses a process that lives shorter than
 * the interval, and a process can give itself any name. So the records of sampled processes
 * inform a person, and no limit depends on these records.
 */
export function sampleChildren(
  { ended, pid }: Pick<RunningSandbox, 'pid' | 'ended'>,
  record: (event: AuditEvent) => void,
): void {
  if (pid === undefined) return;
  const recorded = new Set<string>();
  const sample = (): void => {
    for (const child of processesBelow(pid)) {
      const name = readProc(child, 'comm').trimEnd();
      const line = readProc(child, 'cmdline');
      const id = `${child} ${startTimeOf(child)} ${name} ${line}`;
      if (line === '' || own.includes(name) || recorded.has(id) || recorded.size >= childrenMax)
        continue;
      recorded.add(id);
      record({ event: 'child', name, arguments: digestOf(line), sampled: true });
    }
  };
  const timer = setInterval(() => {
    try {
      sample();
    } catch {
      // The audit log cannot be written, so sampling stops. The next event that must be recorded
      // ends the run.
      clearInterval(timer);
    }
  }, childrenMilliseconds);
  timer.unref();
  void ended.catch(() => undefined).then(() => clearInterval(timer));
}

// Lists a process and its descendants by their pids on this host (proc(5),
// /proc/pid/task/tid/children).
function processesBelow(pid: number): number[] {
  const all = [pid];
  for (let at = 0; at < all.length && all.length < childrenMax; at++) {
    const parent = all[at] ?? pid;
    all.push(...readProc(parent, `task/${parent}/children`).split(' ').filter(Boolean).map(Number));
  }
  return all;
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
