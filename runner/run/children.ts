/**
 * Looks a few times a second at what runs in a sandbox, and records each process once: its name and
 * a digest of its arguments.
 */
import { readFileSync } from 'node:fs';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { startOf } from '../files/lock.ts';
import { childrenMax, childrenMilliseconds } from '../limits.ts';
import type { RunningSandbox } from '../sandboxes/sandbox.ts';

/** What starts the command, or carries its requests: the sandbox's own. */
const own: readonly string[] = ['bwrap', 'socat', 'forwarder'];

/**
 * Records until the sandbox has ended. What lives shorter than the interval is not seen, and a
 * process can call itself anything: this tells a person what went on, it stops nothing.
 */
export function sampleChildren(
  { ended, pid }: Pick<RunningSandbox, 'pid' | 'ended'>,
  record: (event: AuditEvent) => void,
): void {
  if (pid === undefined) return;
  const seen = new Set<string>();
  const look = (): void => {
    for (const one of processesBelow(pid)) {
      const name = readProc(one, 'comm').trimEnd();
      const line = readProc(one, 'cmdline');
      const id = `${one} ${startOf(one)} ${name} ${line}`;
      if (line === '' || own.includes(name) || seen.has(id) || seen.size >= childrenMax) continue;
      seen.add(id);
      record({ event: 'child', name, arguments: digestOf(line), sampled: true });
    }
  };
  const timer = setInterval(() => {
    try {
      look();
    } catch {
      // The log cannot be written: whatever the run does next that has to be recorded ends it.
      clearInterval(timer);
    }
  }, childrenMilliseconds);
  timer.unref();
  void ended.catch(() => undefined).then(() => clearInterval(timer));
}

// Processes below one, by their pids on this host (proc(5), /proc/pid/task/tid/children).
function processesBelow(pid: number): number[] {
  const all = [pid];
  for (let at = 0; at < all.length && all.length < childrenMax; at++) {
    const one = all[at] ?? pid;
    all.push(...readProc(one, `task/${one}/children`).split(' ').filter(Boolean).map(Number));
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
