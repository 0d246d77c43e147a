/** Hosts report what a version did: a stranger informs, a named host suspends. */
import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import {
  parseAuditKey,
  printAuditKey,
  type SigningAuditKey,
} from '../../../skills-index/run/audit/audit-chain.ts';
import { reportOf } from '../../../skills-index/run/audit/incident.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { call, makeSkill } from '../road.ts';
import type { Cast } from './cast.ts';

/** The name of the contract's host in the policy of incidents. */
const incidentHost = 'build-7';

/** A host with an audit key of its own. */
export function makeHost(): SigningAuditKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return parseAuditKey(Buffer.from(printAuditKey(privateKey)), 'audit-key.json');
}

/** The settings in which one report of this host suspends a version. */
export function incidentPolicyOf({ keyId }: SigningAuditKey): string {
  return JSON.stringify({ reporters: { [incidentHost]: keyId }, needed: 1 });
}

export async function walkIncidents(cast: Cast): Promise<void> {
  const skill = makeSkill('@acme/leaks', '1.0.0');
  expect((await cast.release(skill)).status).toBe(201);
  const { name, version } = skill.manifest;
  const report = (key: SigningAuditKey) => {
    const subject = { run: 'r1', agent: 'a', skill: name, version, bundle: skill.packed.digest };
    const what = { rule: 'canary', place: 'paste.example:443' } as const;
    const registry = registryIdOf(cast.trust.root);
    const counts = { allowed: 3, denied: 1 };
    return reportOf(subject, { ...what, counts }, { at: new Date(), key, registry });
  };
  expect(await call(cast, '/api/v1/incidents', { json: report(makeHost()) })).toMatchObject({
    status: 201,
    body: { isEnrolled: false, status: 'approved' },
  });
  expect(await call(cast, '/api/v1/incidents', { json: report(cast.host) })).toMatchObject({
    status: 201,
    body: { isEnrolled: true, status: 'suspended' },
  });
}
