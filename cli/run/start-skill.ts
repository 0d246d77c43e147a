/**
 * What `skill run` and the MCP server share: admit a version again at every start, open it, run a
 * command of it, record refusals.
 */
import { randomUUID } from 'node:crypto';
import * as admission from '../../runner/admission/public.ts';
import * as backends from '../../runner/backends/public.ts';
import * as packages from '../../runner/package-store/public.ts';
import type * as runs from '../../runner/run/public.ts';
import * as secrets from '../../runner/secret-sources/public.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
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
import {
  type ChosenPackages,
  choosePackages,
  readyChosen,
  requireAllowedHouse,
} from '../packages/house-packages.ts';
import { packagePolicy } from '../packages/package-policy.ts';
import { type AdmissionWorld, askAdmission, openAdmitted } from './admission.ts';
import { auditKeyFileOf, type HostFiles } from './host-files.ts';
import { incidentsFolderOf } from './incident-client.ts';
import { reportingAudit } from './incidents.ts';

/** A version that may start now, and none of whose files is read yet. */
export interface Startable {
  readonly admitted: Admitted;
  readonly opened: admission.OpenedSkill;
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
    packages.requireAllowedPackages(packagePolicy(world, host.policy), used, `start ${name}`);
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
function requireAdmitted(judged: admission.Admission, name: SkillName): Admitted {
  try {
    return admission.requireAdmitted(judged, name);
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
  call: Pick<runs.RunRequest, 'args' | 'onStdout' | 'onStderr'> & {
    readonly command: string | undefined;
    readonly agent: Agent | undefined;
    readonly stdin: runs.RunRequest['stdin'];
    readonly why: string | undefined;
    /** How people hear of a hold; where it is absent, by webhooks alone. */
    readonly hands?: runs.RunRequest['hands'];
    /** Instead of what host policy names. */
    readonly sandbox?: runs.RunRequest['sandbox'];
  },
): Promise<runs.RunRequest> {
  const { admitted, opened, root } = start;
  const keyFile = auditKeyFileOf(world);
  const places = {
    folder: incidentsFolderOf(world),
    keyFile,
    registry: registryIdOf(root),
    now: world.now,
  };
  const { name, version, bundle, manifest, capabilities } = admitted;
  return {
    skill: {
      admitted: { name, version, bundle },
      bundle: opened.bundle,
      contents: await admission.readAll(opened),
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
    secrets: secrets.openSecrets(world, call.agent?.name),
    hands: call.hands ?? handsOfAgent(world, host.policy),
    ...(call.agent === undefined ? {} : { agent: call.agent }),
    ...(call.stdin === undefined ? {} : { stdin: call.stdin }),
    ...(call.why === undefined ? {} : { why: call.why }),
    sandbox: call.sandbox ?? backends.backendOf(host.policy),
  };
}
