/**
 * Turns an audit line into table cells for people: when, which skill, what happened. Each kind of
 * event has a row of its own.
 */
import { type AuditEntry, pathSetName } from './audit-entry.ts';

/** Table cells: time, agent, skill, event and details. The cells are not escaped yet. */
export function auditRow(entry: AuditEntry): string[] {
  const { agent, skill = '-', version = '' } = entry;
  // A session has no version.
  const named = version === '' ? skill : `${skill}@${version}`;
  return [entry.at, agent, named, ...eventCells(entry)];
}

/** Returns the event as one word, and the event's details on one line. */
function eventCells(entry: AuditEntry): [string, string] {
  switch (entry.event) {
    case 'start':
      return ['start', `${entry.command}${entry.why === '' ? '' : `: ${entry.why}`}`];
    case 'refused':
      return ['refused', `${entry.code}: ${entry.why}`];
    case 'egress':
      return [
        entry.decision,
        `${entry.method} ${entry.host}:${entry.port}${entry.path}: ${entry.why}${leftOut(entry.dropped)}`,
      ];
    case 'call':
      return [
        `call ${entry.tool}`,
        [entry.command ?? entry.path, entry.why].filter(Boolean).join(': '),
      ];
    case 'redacted':
      return ['redacted', `${entry.secret} in an answer of ${entry.host}`];
    case 'mint':
      return ['mint', `${entry.secret}: ${entry.why || 'a new token'}`];
    case 'package':
      return ['package', `${entry.ecosystem} ${entry.package} ${entry.version}: ${entry.digest}`];
    case 'canary':
      return ['canary', `seen in ${entry.channel}, ${entry.encoding}: the run was ended`];
    case 'exit':
      return [
        'exit',
        `${entry.reason === 'exit' ? entry.code : entry.reason} after ${entry.milliseconds} ms`,
      ];
    case 'cleanup':
      return ['cleanup', `${entry.path}: ${entry.why}`];
    case 'hold':
      return [`hold ${entry.state}`, `${entry.hold} ${entry.what} (${entry.rule}): ${entry.why}`];
    case 'breaker':
      return [`breaker ${entry.state}`, `${entry.hold} ${entry.counter}: ${entry.why}`];
    case 'change':
      return [entry.change, entry.path];
    case 'paths': {
      const what = entry.of === 'change' ? 'changes of files' : 'paths left behind';
      return [
        `${entry.of} ${entry.count}`,
        `${entry.count} ${what}, the first ${entry.first}: audit/${pathSetName(entry.digest)}`,
      ];
    }
    case 'changes':
      return [
        `changes ${entry.decision}`,
        [entry.targets?.join(', '), entry.digest, entry.why].filter(Boolean).join(': '),
      ];
    case 'child':
      return ['child', `${entry.name} (sampled)`];
    case 'incident':
      return ['incident', `${entry.rule} at ${entry.place}: report ${entry.report}`];
    case 'checkpoint':
      return ['checkpoint', `lines 1 to ${entry.size} signed by ${entry.keyId}`];
    case 'recovered':
      return ['recovered', `${entry.bytes} bytes of a torn line moved aside`];
  }
}

function leftOut(dropped: readonly string[] = []): string {
  return dropped.length === 0 ? '' : `, without the headers ${dropped.join(', ')}`;
}
