/**
 * The line with which a sandbox begins to count, and the line that says why none started: of skills
 * and of sessions alike.
 */
import type { AuditEvent, AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Audit } from '../audit/audit.ts';
import { startOf } from '../files/lock.ts';
import type { RunningSandbox } from '../sandboxes/sandbox.ts';

/** What the caller knows about a start; the rest is known here. */
export interface Started {
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
  started: Started,
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
      runnerStarted: startOf(runner),
    });
  } catch (cause) {
    running.kill();
    await running.ended;
    throw cause;
  }
}

/**
 * Acts, and records what the act throws before it throws the same: whoever reads the log learns why
 * nothing ran.
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
