/** Entries of the audit log as CloudEvents 1.0, many in one request (JSON batch format). */
import type { AuditEntry } from '../../skills-index/run/audit-entry.ts';

/** @param source names the host: the id of its audit key */
export function cloudEvents(entries: readonly AuditEntry[], source: string): readonly object[] {
  return entries.map((entry) => ({
    specversion: '1.0',
    // The same when it is sent again.
    id: `${entry.seq}-${entry.prev.slice(-16)}`,
    source: `urn:skillgate:host:${source}`,
    type: `dev.skillgate.audit.${entry.event}`,
    time: entry.at,
    ...(entry.skill === undefined ? {} : { subject: entry.skill }),
    datacontenttype: 'application/json',
    data: entry,
  }));
}
