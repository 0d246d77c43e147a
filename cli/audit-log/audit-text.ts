/** The state of the audit log's chain in one line. */
import type { AuditVerdict } from '../../skills-index/run/audit/audit-check.ts';
import { count, type Safe, safe } from '../terminal/output.ts';

/** Whether the log is intact, in one line. */
export function chainText(chain: AuditVerdict): Safe {
  return chain.kind === 'whole'
    ? safe`the audit log is intact: ${count(chain.lines, 'line')}; this host’s key has signed the first ${chain.signed}`
    : safe`the audit log is not intact at line ${chain.line}: ${chain.why}`;
}
