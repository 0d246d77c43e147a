/**
 * Incident reports of this host: made and signed when the audit log tells of something that should
 * be impossible, and kept.
 */
import { join } from 'node:path';
import { type Audit, openAuditKey } from '../../runner/audit/audit.ts';
import { writePrivateFile } from '../../runner/files/private-file.ts';

import {
  type IncidentRule,
  incidentDigest,
  incidentOf,
  reportOf,
} from '../../skills-index/run/audit/incident.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';

interface Seen {
  allowed: number;
  denied: number;
  readonly reported: Set<IncidentRule>;
}

export interface IncidentPlaces {
  /** `$DATA/incidents`. */
  readonly folder: string;
  readonly keyFile: string;
  /** The registry that the version was admitted from: a report counts there and nowhere else. */
  readonly registry: Digest;
  readonly now: () => Date;
}

/** An audit that makes a report, once for each rule and run, and records that it did. */
export function reportingAudit(auditLog: Audit, places: IncidentPlaces): Audit {
  const runs = new Map<string, Seen>();
  return {
    record: (subject, event) => {
      auditLog.record(subject, event);
      if (event.event === 'exit') return void runs.delete(subject.run);
      const found = incidentOf(event);
      if (event.event !== 'egress' && found === undefined) return;
      const seen = runs.get(subject.run) ?? { allowed: 0, denied: 0, reported: new Set() };
      runs.set(subject.run, seen);
      if (event.event === 'egress') seen[event.decision] += 1;
      if (found === undefined || seen.reported.has(found.rule)) return;
      seen.reported.add(found.rule);
      const { allowed, denied } = seen;
      const key = openAuditKey(places.keyFile);
      const report = reportOf(
        subject,
        { ...found, counts: { allowed, denied } },
        { at: places.now(), key, registry: places.registry },
      );
      if (report === undefined) return;
      const digest = incidentDigest(report);
      writePrivateFile(
        join(places.folder, `${hexOf(digest).slice(0, 32)}.json`),
        JSON.stringify(report),
      );
      auditLog.record(subject, { event: 'incident', ...found, report: digest });
    },
  };
}
