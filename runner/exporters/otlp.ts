/**
 * Entries of the audit log as OpenTelemetry logs: the body of an OTLP/HTTP request in JSON
 * (opentelemetry-proto 1.5, ExportLogsServiceRequest).
 */

import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { auditRow } from '../../skills-index/run/audit/audit-row.ts';
import { ocsfOf } from '../../skills-index/run/audit/ocsf.ts';

interface AnyValue {
  readonly stringValue?: string;
  /** 64-bit integers are strings in the JSON form of protobuf. */
  readonly intValue?: string;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly AnyValue[] };
}

/** SeverityNumber of the log data model by OCSF's `severity_id`. */
const severities: Readonly<Record<number, readonly [number: number, text: string]>> = {
  1: [9, 'INFO'],
  2: [10, 'INFO2'],
  3: [13, 'WARN'],
  4: [17, 'ERROR'],
  5: [21, 'FATAL'],
};

export function otlpLogs(entries: readonly AuditEntry[]): object {
  const resource = { attributes: [attribute('service.name', 'skillgate')] };
  const scope = { name: 'skillgate.audit', version: '1' };
  return {
    resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: entries.map(logRecord) }] }],
  };
}

function logRecord(entry: AuditEntry): object {
  const { class_uid, disposition_id, severity_id } = ocsfOf(entry);
  const [severityNumber, severityText] = severities[Number(severity_id)] ?? [9, 'INFO'];
  const nanoseconds = `${BigInt(Date.parse(entry.at)) * 1_000_000n}`;
  const members = Object.entries(entry).filter(([name]) => name !== 'schema' && name !== 'at');
  return {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    severityNumber,
    severityText,
    eventName: `skillgate.${entry.event}`,
    body: { stringValue: auditRow(entry).slice(1).join(' ') },
    attributes: [
      ...members.map(([name, value]) => attribute(`skillgate.${name}`, value)),
      attribute('ocsf.class_uid', class_uid),
      attribute('ocsf.disposition_id', disposition_id),
    ],
  };
}

function attribute(
  key: string,
  value: unknown,
): { readonly key: string; readonly value: AnyValue } {
  return { key, value: anyValue(value) };
}

function anyValue(value: unknown): AnyValue {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { stringValue: String(value) };
}
