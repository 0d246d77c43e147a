/** Where a host keeps its policy, its agents and its audit log. */
import { join } from 'node:path';
import { type Audit, openAudit } from '../../runner/audit/audit.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';

import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { AdmissionWorld } from './admission.ts';

/** Where the host keeps what concerns runs. */
export interface HostFiles {
  readonly policy: HostPolicy;
  readonly audit: Audit;
  readonly agents: string;
}

export function hostFiles(world: AdmissionWorld): HostFiles {
  return {
    policy: readHostPolicy(join(world.paths.config, 'host.json')),
    audit: auditOf(world),
    agents: agentsFolderOf(world),
  };
}

function auditOf(world: AdmissionWorld): Audit {
  const keyFile = auditKeyFileOf(world);
  const auditLog = openAudit(auditFileOf(world), world.now, keyFile);
  const { session } = world;
  return session === undefined
    ? auditLog
    : { record: (subject, event) => auditLog.record({ ...subject, session }, event) };
}

export function agentsFolderOf({ paths }: Pick<AdmissionWorld, 'paths'>): string {
  return join(paths.config, 'agents');
}

export function auditFileOf({ paths }: Pick<AdmissionWorld, 'paths'>): string {
  return join(paths.data, 'audit', 'audit.jsonl');
}

/** The key that signs the log; made when the first line is written. */
export function auditKeyFileOf({ paths }: Pick<AdmissionWorld, 'paths'>): string {
  return join(paths.config, 'audit-key.json');
}
