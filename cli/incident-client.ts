/** Tells the registries of skills what these did here, where host policy allows it; what could not be sent waits for the next time. */
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPolicy } from '../skills-index/run/host-policy.ts';
import { parseIncident, type SignedIncident } from '../skills-index/run/incident.ts';
import { parseSkillName, scopeOf } from '../skills-index/skill/name.ts';
import type { World } from './admission.ts';
import { incidentMilliseconds, incidentsAtOnce } from './limits.ts';
import { registryOf } from './registries.ts';

/** `$DATA/incidents`: what was sent, and what a registry did not want, has another end. */
export function incidentsFolderOf({ paths }: Pick<World, 'paths'>): string {
  return join(paths.data, 'incidents');
}

/** Reports that no registry has taken or refused, by the names of their files. */
export function waitingIncidents(world: Pick<World, 'paths'>): string[] {
  const folder = incidentsFolderOf(world);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
        .sort()
    : [];
}

/**
 * Sends what waits, a few at a time.
 * @param registries of the project, by scope
 * @returns how many a registry took
 */
export async function sendIncidents(
  world: Pick<World, 'env' | 'paths' | 'fetch'>,
  { incidents }: Pick<HostPolicy, 'incidents'>,
  registries?: Readonly<Record<string, string>>,
): Promise<number> {
  if (!incidents.report) return 0;
  const folder = incidentsFolderOf(world);
  let taken = 0;
  for (const name of waitingIncidents(world).slice(0, incidentsAtOnce)) {
    const path = join(folder, name);
    const end = await send(world, path, registries).catch(() => 'later' as const);
    // Whoever waits for the end of a run waits for one silent registry, not for all reports.
    if (end === 'later') break;
    if (end === 'sent') taken += 1;
    renameSync(path, path.replace(/json$/, end));
  }
  return taken;
}

async function send(
  world: Pick<World, 'env' | 'paths' | 'fetch'>,
  path: string,
  registries: Readonly<Record<string, string>> | undefined,
): Promise<'sent' | 'refused' | 'later'> {
  const report = readReport(path);
  if (report === undefined) return 'refused';
  const { base } = registryOf(world, scopeOf(parseSkillName(report.incident.skill)), registries);
  const status = await postIncident(world.fetch, base, report);
  if (status < 300) return 'sent';
  // Too many, or out of order: it may take it another time.
  return status === 429 || status >= 500 ? 'later' : 'refused';
}

function readReport(path: string): SignedIncident | undefined {
  try {
    return parseIncident(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Posts one report to a registry and answers with its status. */
export async function postIncident(fetch: typeof globalThis.fetch, base: string, report: SignedIncident): Promise<number> {
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
