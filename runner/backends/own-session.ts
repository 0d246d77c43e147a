/**
 * A child of this host that began a session of its own (`detached`), as a sandbox that has nothing
 * else to hold it by.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { RunningSandbox } from '../sandboxes/sandbox.ts';

/**
 * Its streams, its end, and a kill that reaches its process group: what started a session of its
 * own again lives on.
 */
export function runningSession(
  child: ChildProcessWithoutNullStreams,
  notes: readonly string[],
): RunningSandbox {
  const ended = new Promise<{ code: number | null; outOfMemory: boolean }>((resolve) => {
    child.on('error', () => resolve({ code: null, outOfMemory: false }));
    child.on('close', (code) => resolve({ code, outOfMemory: false }));
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  };
  const { pid, stdin, stdout, stderr } = child;
  stdin.on('error', () => undefined);
  return { pid, stdin, stdout, stderr, ended, kill, notes };
}
