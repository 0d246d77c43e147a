import type { AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Audit } from './audit.ts';

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
