/** Records the start of a sandbox, or why none started, for skills and sessions alike. */
import type { AuditEvent, AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Audit } from '../audit/audit.ts';
import type { RunningSandbox } from '../bubblewrap/sandbox.ts';
import { startTimeOf } from '../files/lock.ts';

/** The members of a `start` event that the caller knows; `recordStart` adds the rest. */
export interface StartRecord {
  readonly command: string;
  readonly why: string;
  readonly backend: string;
}

/**
 * Records that a sandbox started. When the log refuses the line, the sandbox is ended before this
 * function throws: nothing that is not recorded may run.
 * @throws Problem `audit-unwritable`, `audit-broken`
 */
export async function recordStart(
  running: Pick<RunningSandbox, 'kill' | 'ended' | 'notes'>,
  started: StartRecord,
  record: (event: AuditEvent) => void,
): Promise<void> {
  const runner = process.pid;
  try {
    // The process id alone may belong to another program later; together with the start time it
    // names this runner for ever.
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
 * Runs `act` and records its failure before throwing the same failure on: the audit log then says
 * why nothing ran.
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
