/**
 * A child process on this host in a session of its own (`detached`), for backends that have no
 * other way to end it.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { RunningSandbox } from '../sandbox/sandbox.ts';

/**
 * Returns streams, end and kill of the child. `kill` reaches its process group; a process that
 * started yet another session survives.
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
      // The process ended by itself meanwhile.
    }
  };
  const { pid, stdin, stdout, stderr } = child;
  stdin.on('error', () => undefined);
  return { pid, stdin, stdout, stderr, ended, kill, notes };
}
