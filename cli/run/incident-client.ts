/**
 * Tells the registries of skills what these did here, where host policy allows it; what could not
 * be sent waits for the next time.
 */
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parseIncident, type SignedIncident } from '../../skills-index/run/audit/incident.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { incidentMilliseconds, incidentsAtOnce } from '../limits.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { readRegistries } from '../registries/registry-base.ts';
import type { AdmissionWorld } from './admission.ts';

/** `$DATA/incidents`: what was sent, and what a registry did not want, has another end. */
export function incidentsFolderOf({ paths }: Pick<AdmissionWorld, 'paths'>): string {
  return join(paths.data, 'incidents');
}

/** Reports that no registry has taken or refused, by the names of their files. */
export function waitingIncidents(world: Pick<AdmissionWorld, 'paths'>): string[] {
  const folder = incidentsFolderOf(world);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
        .sort()
    : [];
}

/**
 * Sends what waits, a few at a time. A report whose registry is not pinned here any more waits, and
 * holds up no other.
 * @returns how many a registry took
 */
export async function sendIncidents(
  world: Pick<AdmissionWorld, 'env' | 'paths' | 'fetch'>,
  { incidents }: Pick<HostPolicy, 'incidents'>,
): Promise<number> {
  if (!incidents.report) return 0;
  const folder = incidentsFolderOf(world);
  let asked = 0;
  let taken = 0;
  for (const name of waitingIncidents(world)) {
    const path = join(folder, name);
    const report = readReport(path);
    const base = report === undefined ? undefined : baseFor(world, report);
    if (report !== undefined && base === undefined) continue;
    if (asked === incidentsAtOnce) break;
    asked += 1;
    const end =
      report === undefined || base === undefined ? 'refused' : await send(world, base, report);
    // Whoever waits for the end of a run waits for one silent registry, not for all reports.
    if (end === 'later') break;
    if (end === 'sent') taken += 1;
    renameSync(path, path.replace(/json$/, end));
  }
  return taken;
}

async function send(
  { fetch }: Pick<AdmissionWorld, 'fetch'>,
  base: string,
  report: SignedIncident,
): Promise<'sent' | 'refused' | 'later'> {
  const status = await postIncident(fetch, base, report).catch(() => undefined);
  if (status === undefined || status === 429 || status >= 500) return 'later';
  return status < 300 ? 'sent' : 'refused';
}

// Where the version was admitted: the scope may be looked up elsewhere by now, and the registry
// there would refuse the report.
function baseFor(
  world: Pick<AdmissionWorld, 'env' | 'paths'>,
  { incident }: SignedIncident,
): string | undefined {
  try {
    const pinned = readRegistries(world.paths).registries.map(({ base }) =>
      trustedRegistry(world, base),
    );
    return pinned.find(({ root }) => registryIdOf(root) === incident.registry)?.base;
  } catch {
    return undefined;
  }
}

function readReport(path: string): SignedIncident | undefined {
  try {
    return parseIncident(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Posts one report to a registry and answers with its status. */
export async function postIncident(
  fetch: typeof globalThis.fetch,
  base: string,
  report: SignedIncident,
): Promise<number> {
  const response = await fetch(`${base.replace(/\/+$/, '')}/api/v1/incidents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(report),
    redirect: 'error',
    signal: AbortSignal.timeout(incidentMilliseconds),
  });
  await response.body?.cancel();
  return response.status;
}
