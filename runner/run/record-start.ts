/** Records that a sandbox started, or why no sandbox started, for skills and sessions alike. */
import type { AuditEvent, AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Audit } from '../audit/audit.ts';
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

/**
 * Runs `act`. A failure is recorded before `recordRefusal` throws the same failure on, so that the
 * audit log says why no sandbox started.
 */
export async function recordRefusal<Result>(
  audit: Audit,
  subject: AuditSubject,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    const code = cause instanceof Problem ? cause.code : 'internal';
    audit.record(subject, { event: 'refused', code, why: (cause as Error).message });
    throw cause;
  }
}
