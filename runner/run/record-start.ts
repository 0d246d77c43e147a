/** Records that a sandbox started, for skills and sessions alike. */
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { startTimeOf } from '../files/lock.ts';
import type { RunningSandbox } from '../sandbox/sandbox.ts';

/** The members of a `start` event that the caller of `recordStart` knows. */
export interface StartRecord {
  readonly command: string;
  readonly why: string;
  readonly backend: string;
}

/**
 * Records that a sandbox started. When the audit log refuses the line, the sandbox is ended before
 * `recordStart` throws: no unrecorded sandbox may run.
 * @throws Problem `audit-unwritable`, `audit-broken`
 */
export async function recordStart(
  running: Pick<RunningSandbox, 'kill' | 'ended' | 'notes'>,
  started: StartRecord,
  record: (event: AuditEvent) => void,
): Promise<void> {
  const runner = process.pid;
  try {
    // The kernel may later give the runner's pid to another program. The pid together with the
    // start time names this runner for ever.
    record({
      event: 'start',
      ...started,
      notes: running.notes,
      runner,
      runnerStarted: startTimeOf(runner),
    });
  } catch (cause) {
    running.kill();
    await running.ended;
    throw cause;
  }
}
