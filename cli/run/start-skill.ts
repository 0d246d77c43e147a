/**
 * What `skill run` and the MCP server share: admit a version again at every start, open it, run a
 * command of it, record refusals.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Admission,
  requireAdmitted as requireAdmittedOfAdmission,
} from '../../runner/admission/admit.ts';
import { type OpenedSkill, readAll } from '../../runner/admission/catalogue.ts';
import { bubblewrap } from '../../runner/bubblewrap/bubblewrap.ts';
import type { RunRequest } from '../../runner/run/run-request.ts';
import { openSecrets } from '../../runner/secret-sources/secret-store.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import { parseIncident, type SignedIncident } from '../../skills-index/run/audit/incident.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { houseWord } from '../../skills-index/skill/ecosystem.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Admitted, Decision } from '../../skills-index/trust/decision/decision.ts';
import type { AdviceHint } from '../../skills-index/trust/index-files/index-line.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { handsOfAgent } from '../holds/hands.ts';
import type { Lock, LockedSkill } from '../install/lock.ts';
import type { ChosenPackages } from '../packages/fetch-packages.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { proxyOpener } from '../upstream-proxy.ts';
import { type AdmissionWorld, askAdmission, openAdmitted } from './admission.ts';
import { auditKeyFileOf, type HostFiles } from './host-files.ts';
import { reportingAudit } from './incidents.ts';

const incidentMilliseconds = 3_000;

/** Incident reports that are sent after a run, and the time limit of one. */
const incidentsAtOnce = 5;

/** A version that may start now, and none of whose files is read yet. */
export interface Startable {
  readonly admitted: Admitted;
  readonly opened: OpenedSkill;
  /** Origin of the registry that answered. */
  readonly registry: string;
  /** How it is asked again while the skill runs, and whose word counts. */
  readonly source: Source;
  readonly root: RootFile;
  /** Decides about exactly this version again, under the same trust and pins. */
  readonly admitAgain: (how: { readonly offline: boolean }) => Promise<Decision>;
  readonly notes: readonly string[];
  /** The registry's hint at advice of the author; nobody has verified the hint. */
  readonly advice?: AdviceHint | undefined;
}

export interface StartQuestion {
  readonly name: SkillName;
  readonly range: string;
  readonly locked?: LockedSkill | undefined;
  readonly locks: readonly Lock[];
  readonly registries?: Readonly<Record<string, string>>;
  /** For the audit log; `operator` for a person at the terminal. */
  readonly agent: string;
}

/**
 * Admits a version for a start; a refusal is recorded before it is thrown.
 * @throws Problem `not-admitted`, `status-stale`, `not-found`, `registry-down`, `root-not-pinned`
 * and others of `admit`
 */
export async function admitToStart(
  asking: AdmissionWorld,
  host: HostFiles,
  question: StartQuestion,
): Promise<Startable> {
  const { name, locked, agent } = question;
  // What was verified for the start need not be verified again while the version runs.
  const world = { ...asking, verified: asking.verified ?? new VerifiedStatements() };
  const terms = {
    name,
    locked,
    locks: question.locks,
    ...(question.registries === undefined ? {} : { registries: question.registries }),
    host: host.policy,
  };
  try {
    const {
      admission: judged,
      source,
      registry,
    } = await askAdmission(world, { ...terms, range: locked?.version ?? question.range });
    const admitted = requireAdmitted(judged, name);
    // Advisories compare versions. What the host chooses is compared when it is chosen.
    const used = (admitted.capabilities.package ?? []).filter(
      ({ version }) => version !== houseWord,
    );
    if (used.length > 0) {
      const { requireAllowedPackages } = await import(
        '../../runner/package-store/audit-packages.ts'
      );
      const { packagePolicy } = await import('../packages/report-on-package.ts');
      requireAllowedPackages(packagePolicy(world, host.policy), used, `start ${name}`);
    }
    const opened = await openAdmitted(source, admitted);
    return {
      admitted,
      opened,
      registry: registry.root.origin,
      source,
      root: registry.root,
      admitAgain: async ({ offline }) => {
        const again = await askAdmission(world, { ...terms, range: admitted.version, offline });
        return again.admission.decision;
      },
      notes: judged.notes,
      advice: judged.input.line.advice,
    };
  } catch (problem) {
    // An interruption refuses nothing.
    if (problem instanceof Problem && !world.signal.aborted) {
      const version = locked === undefined ? {} : { version: locked.version };
      recordRefusal(host, { agent, skill: name, ...version }, problem);
    }
    throw problem;
  }
}

/** As `admission.requireAdmitted`; a refusal says, too, that the registry does not answer. */
function requireAdmitted(judged: Admission, name: SkillName): Admitted {
  try {
    return requireAdmittedOfAdmission(judged, name);
  } catch (cause) {
    if (!(cause instanceof Problem) || judged.notes.length === 0) throw cause;
    const { code, message, hint } = cause;
    const reasons = [...cause.reasons, ...judged.notes.map((note) => ({ message: note }))];
    throw new Problem(code, message, { reasons, hint });
  }
}

function recordRefusal(
  { audit: log }: HostFiles,
  subject: { readonly agent: string; readonly skill: SkillName; readonly version?: Version },
  { code, message, reasons }: Problem,
): void {
  const why = [message, ...reasons.map((reason) => reason.message)].join('; ');
  log.record({ run: randomUUID(), ...subject }, { event: 'refused', code, why });
}

// The house may have changed since the installation, and so may the advisories on its packages.
async function housePackages(
  world: AdmissionWorld,
  host: HostFiles,
  { manifest, name, version }: Admitted,
  agent: string,
): Promise<ChosenPackages> {
  if (!Object.values(manifest.packages ?? {}).some(({ lock }) => lock === houseWord)) return {};
  const { choosePackages, readyChosen, requireAllowedHouse } = await import(
    '../packages/fetch-packages.ts'
  );
  try {
    const chosen = choosePackages(world, manifest, `start ${name}`);
    requireAllowedHouse(world, host.policy, Object.values(chosen).flat(), `start ${name}`);
    await readyChosen(world, chosen, host.policy);
    return chosen;
  } catch (problem) {
    if (problem instanceof Problem && !world.signal.aborted)
      recordRefusal(host, { agent, skill: name, version }, problem);
    throw problem;
  }
}

/**
 * What `runSkill` and `planSkill` are told about a startable version: every file is read and
 * checked now.
 */
export async function runRequest(
  world: AdmissionWorld,
  host: HostFiles,
  start: Startable,
  call: Pick<RunRequest, 'args' | 'onStdout' | 'onStderr'> & {
    readonly command: string | undefined;
    readonly agent: Agent | undefined;
    readonly stdin: RunRequest['stdin'];
    readonly why: string | undefined;
    /** How people hear of a hold; where it is absent, by webhooks alone. */
    readonly hands?: RunRequest['hands'];
    /** Instead of what host policy names. */
    readonly sandbox?: RunRequest['sandbox'];
  },
): Promise<RunRequest> {
  const { admitted, opened, root } = start;
  const keyFile = auditKeyFileOf(world);
  const places = {
    folder: incidentsFolderOf(world),
    keyFile,
    registry: registryIdOf(root),
    now: world.now,
  };
  const { name, version, bundle, manifest, capabilities } = admitted;
  const openProxy = proxyOpener(world, host.policy, call.agent?.name);
  return {
    skill: {
      admitted: { name, version, bundle },
      bundle: opened.bundle,
      contents: await readAll(opened),
    },
    manifest,
    approved: capabilities,
    house: await housePackages(world, host, admitted, call.agent?.name ?? 'operator'),
    args: call.args,
    hostPolicy: host.policy,
    paths: world.paths,
    audit: reportingAudit(host.audit, places),
    onStdout: call.onStdout,
    onStderr: call.onStderr,
    signal: world.signal,
    now: world.now,
    ...(call.command === undefined ? {} : { command: call.command }),
    secrets: openSecrets(world, call.agent?.name, { policy: host.policy, openProxy }),
    openProxy,
    hands: call.hands ?? handsOfAgent(world, host.policy),
    ...(call.agent === undefined ? {} : { agent: call.agent }),
    ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
    ...(call.why === undefined ? {} : { why: call.why }),
    sandbox: call.sandbox ?? (await sandboxOf(host.policy)),
  };
}

// Adapters for other runtimes are loaded where host policy names one.
async function sandboxOf(policy: HostPolicy): Promise<NonNullable<RunRequest['sandbox']>> {
  if (policy.backend === 'bubblewrap' && process.platform === 'linux') return bubblewrap();
  const { backendOf } = await import('../../runner/backends/backends.ts');
  return backendOf(policy);
}

// Tells the registries of skills what these did here, where host policy allows it; what could not
// be sent waits for the next time.

/** `$DATA/incidents`: what was sent, and what a registry did not want, has another end. */
function incidentsFolderOf({ paths }: Pick<AdmissionWorld, 'paths'>): string {
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
async function postIncident(
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
