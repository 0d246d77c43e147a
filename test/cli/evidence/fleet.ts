/** Hosts with agents, runs, holds and incidents, as the runner writes them, beside a registry. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAudit, openAuditKey } from '../../../runner/audit/audit.ts';
import type { AuditEvent } from '../../../skills-index/run/audit/audit-entry.ts';
import { incidentDigest, reportOf } from '../../../skills-index/run/audit/incident.ts';
import { type Digest, hexOf } from '../../../skills-index/skill/digest.ts';
import type { Skill } from '../../registry/road.ts';

export const start: AuditEvent = {
  event: 'start',
  command: 'report',
  why: 'month end',
  backend: 'bubblewrap',
  notes: [],
};
export const exit: AuditEvent = { event: 'exit', reason: 'exit', code: 0, milliseconds: 5 };

/** A host's folder: `config` and `data` lie below it. */
export class HostFolder {
  readonly home: string;
  at: Date;

  constructor(home: string, at: Date) {
    this.home = home;
    this.at = at;
    mkdirSync(join(home, 'config'), { recursive: true, mode: 0o700 });
  }

  get keyFile(): string {
    return join(this.home, 'config/audit-key.json');
  }

  get auditFile(): string {
    return join(this.home, 'data/audit/audit.jsonl');
  }

  /** Records events of one run, a second apart. */
  run(agent: string, ran: Skill, ...events: readonly AuditEvent[]): void {
    const audit = openAudit(this.auditFile, () => this.at, this.keyFile);
    const subject = {
      run: `run-${agent}-${this.at.getTime()}`,
      agent,
      skill: ran.manifest.name,
      version: ran.manifest.version,
      bundle: ran.packed.digest,
    };
    for (const event of events) {
      audit.record(subject, event);
      this.at = new Date(this.at.getTime() + 1_000);
    }
  }

  /** Records an incident, with the report that the host signs. */
  incident(agent: string, ran: Skill, registry: Digest): void {
    const found = { rule: 'canary', place: 'egress' } as const;
    const { name: skill, version } = ran.manifest;
    const subject = { run: 'run-x', agent, skill, version, bundle: ran.packed.digest };
    const key = openAuditKey(this.keyFile);
    const given = { at: this.at, key, registry };
    const signed = reportOf(subject, { ...found, counts: { allowed: 1, denied: 1 } }, given);
    if (signed === undefined) throw new Error('no report');
    const report = incidentDigest(signed);
    const folder = join(this.home, 'data/incidents');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${hexOf(report).slice(0, 32)}.json`), JSON.stringify(signed));
    this.run(agent, ran, { event: 'incident', ...found, report });
  }
}
