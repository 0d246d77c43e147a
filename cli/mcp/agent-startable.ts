/**
 * A skill as an agent may use it now: pinned by a lock or covered by a standing grant, and admitted
 * anew. Refusals are recorded.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { grantAgent } from '../../runner/agents/agent-store.ts';
import {
  type Agent,
  ceilingFor,
  type Grant,
  grantLine,
  whyEnded,
  whyNotGranted,
} from '../../skills-index/run/agents/agent.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import {
  type Capabilities,
  capabilityDigest,
  isEmpty,
  listCapabilities,
  minus,
  noCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readNamedAgent } from '../agents/named-agent.ts';
import { changeLock, type LockedSkill, lockFileName, readLock } from '../install/lock.ts';
import { type AdmissionWorld, type Project, projectAt } from '../run/admission.ts';
import { type HostFiles, hostFiles } from '../run/host-files.ts';
import type { runWatched } from '../run/revocation-watch.ts';
import { admitToStart, type Startable, type StartQuestion } from '../run/start-skill.ts';
import type { InstallQuestions, QuestionState, WaitingHold } from './install-questions.ts';

/** How long reads of a skill may rely on one admission; each run is admitted anew. */
export const admissionSecondsMax = 30;

/** The purpose of a lookup: a search asks no person, and a run reads everything anew. */
type Purpose = 'search' | 'open' | 'run';

/**
 * The skill as this agent may use it now: pinned by a lock, or admitted by a standing grant or by a
 * person and then pinned.
 */
export async function startable(
  context: AgentContext,
  agent: Agent,
  name: SkillName,
  purpose: Purpose,
): Promise<Startable> {
  const before = recentOf(context, agent, name, purpose);
  if (before !== undefined) return before;
  if (purpose !== 'search') requireAllowed(name, await context.questions.stateOf(name));
  const { start, beyond, question } = await judged(context, agent, name);
  if (isEmpty(beyond)) return remembered(context, start);
  const why = whyBeyond(agent, beyond);
  if (purpose === 'search') throw holdFor(context, name, why);
  await askToInstall(context, start, question, why);
  const locked = lockedBy(start);
  return remembered(
    context,
    await admitToStart(context.world, context.host, { ...question, locked }),
  );
}

/** A skill that a search may show: `beyond` is what a person would have to allow first. */
export interface Findable {
  readonly start: Startable;
  readonly beyond?: Capabilities;
  /** The hold that waits for a person already. */
  readonly hold?: WaitingHold;
}

/**
 * As `startable`, but also a skill that the agent could have with a person's yes. Shows no such
 * skill where this host has no approver to ask.
 */
export async function findable(
  context: AgentContext,
  agent: Agent,
  name: SkillName,
): Promise<Findable> {
  const before = recentOf(context, agent, name, 'search');
  if (before !== undefined) return { start: before };
  const found = await judged(context, agent, name);
  return isEmpty(found.beyond)
    ? { start: remembered(context, found.start) }
    : orAsking(context, agent, found);
}

/**
 * As `findable`, for a skill that only a registry named for a task. The skill is not pinned: an
 * agent that opens none of the skills that a registry offers has none of them in its lock.
 */
export async function offerable(
  context: AgentContext,
  agent: Agent,
  name: SkillName,
): Promise<Findable> {
  const found = await judgedUnpinned(context, agent, name);
  return isEmpty(found.beyond) ? { start: found.start } : orAsking(context, agent, found);
}

function orAsking(context: AgentContext, agent: Agent, { start, beyond }: Judged): Findable {
  const { name } = start.admitted;
  if (context.host.policy.approvers.length === 0)
    throw holdFor(context, name, whyBeyond(agent, beyond));
  const hold = context.questions.waiting(name, start.admitted.version);
  return { start, beyond, ...(hold === undefined ? {} : { hold }) };
}

// What lies in the standing grant or was allowed before; a run reads everything anew.
function recentOf(
  context: AgentContext,
  agent: Agent,
  name: SkillName,
  purpose: Purpose,
): Startable | undefined {
  grantOf(context, agent, name);
  const before = context.recent.get(name);
  const isRecent = before !== undefined && before.until > context.world.now().getTime();
  return isRecent && purpose !== 'run' ? before.start : undefined;
}

function remembered(context: AgentContext, start: Startable): Startable {
  const until = context.world.now().getTime() + admissionSecondsMax * 1_000;
  context.recent.set(start.admitted.name, { start, until });
  return start;
}

interface Judged {
  readonly start: Startable;
  /** What an unpinned version needs beyond the standing grant. */
  readonly beyond: Capabilities;
  readonly question: Omit<StartQuestion, 'locked'>;
}

// Admits the version, and pins a version that the standing grant covers.
async function judged(context: AgentContext, agent: Agent, name: SkillName): Promise<Judged> {
  const found = await judgedUnpinned(context, agent, name);
  if (found.locked === undefined && isEmpty(found.beyond)) await pinFor(context, found.start);
  return found;
}

async function judgedUnpinned(
  context: AgentContext,
  agent: Agent,
  name: SkillName,
): Promise<Judged & { readonly locked: LockedSkill | undefined }> {
  const project = await projectAt(context.folder);
  const own = await readLock(ownLockOf(context));
  const locked = own.get(name) ?? project.lock.get(name);
  const why =
    locked === undefined
      ? undefined
      : whyNotGranted(agent, name, locked.version, context.world.now());
  if (why !== undefined) throw holdFor(context, name, why);
  const question = {
    name,
    range: grantOf(context, agent, name).range,
    locks: [own, project.lock],
    agent: agent.name,
    registries: project.file.registries,
  };
  const start = await admitToStart(context.world, context.host, { ...question, locked });
  const { capabilities, version } = start.admitted;
  const beyond =
    locked === undefined ? minus(capabilities, ceilingFor(agent, name, version)) : noCapabilities;
  return { start, beyond, question, locked };
}

function whyBeyond(agent: Agent, beyond: Capabilities): string {
  const what = listCapabilities(beyond).map(printCapability).join('; ');
  return `its capabilities exceed the standing grant of agent ${agent.name}: ${what}`;
}

function grantOf(context: AgentContext, agent: Agent, name: SkillName): Grant {
  const grant = grantFor(agent, name);
  if (grant === undefined)
    throw holdFor(context, name, `agent ${agent.name} has no grant for ${name}`);
  return grant;
}

// Asks a person in the background. The person's yes is carried out at once, so that it counts even
// when the agent does not ask again.
async function askToInstall(
  context: AgentContext,
  start: Startable,
  question: Omit<StartQuestion, 'locked'>,
  why: string,
): Promise<void> {
  const { name } = start.admitted;
  const state = await context.questions.ask(start, async (answer) => {
    if (answer.kind === 'denied')
      throw holdFor(
        context,
        name,
        answer.code === 'hold-unsupported' ? why : answer.why,
        answer.code,
      );
    // Meanwhile the version may have been revoked, so exactly this version is admitted again.
    const world = context.questions.world;
    const locked = lockedBy(start);
    const again = await admitToStart(world, hostFiles(world), { ...question, locked });
    grantInstalled(context, again);
    await pinFor(context, again);
  });
  requireAllowed(name, state, [why]);
}

/** @throws Problem `hold-waiting` while a person has not answered; the reason of a bad end */
function requireAllowed(
  name: SkillName,
  state: QuestionState | undefined,
  why: readonly string[] = [],
): void {
  if (state?.kind === 'waiting')
    throw new Problem(
      'hold-waiting',
      `Cannot use ${name} yet: hold ${state.hold.id} waits for a person until ${state.hold.expires}`,
      { reasons: why.map((message) => ({ message })) },
    );
  if (state?.outcome.failure !== undefined) throw state.outcome.failure;
}

// A person allowed exactly this version. Another skill with the same capabilities needs a new
// answer.
function grantInstalled(
  context: AgentContext,
  { admitted: { name, version, capabilities } }: Startable,
): void {
  // The identity may have been revoked meanwhile, and a grant would restore it.
  agentOf(context);
  grantAgent(context.host.agents, context.agentName, {
    skills: [{ skill: name, range: version, capabilities }],
  });
}

function holdFor(
  context: AgentContext,
  name: SkillName,
  why: string,
  code: 'hold-unsupported' | 'hold-denied' | 'hold-expired' = 'hold-unsupported',
): Problem {
  const problem = new Problem(code, `Cannot use ${name}: ${why}`, {
    hint: `an operator can allow it: skillgate agent grant ${context.agentName} --all-of ${name}`,
  });
  recordFor(context, name, { event: 'refused', code: problem.code, why });
  return problem;
}

// What an agent's calls share: who the agent is now, what the agent may start, and the log of the
// agent's acts.

/** The agent, and the folder where its lock is searched. */
export interface AgentContext {
  readonly world: AdmissionWorld;
  readonly host: HostFiles;
  readonly agentName: string;
  readonly folder: string;
  /** Starts what was admitted. */
  readonly run: typeof runWatched;
  /** Questions that outlive the call that asked. */
  readonly questions: InstallQuestions;
  /** Recent admissions: reading may rely on them, a run never does. */
  readonly recent: Map<SkillName, { readonly start: Startable; readonly until: number }>;
}

/** Read at each call: a revoked or expired identity may do nothing more. */
export function agentOf({ host, agentName, world }: AgentContext): Agent {
  const agent = readNamedAgent(host.agents, agentName);
  const ended = whyEnded(agent, world.now());
  if (ended === undefined) return agent;
  throw new Problem('plan-refused', `Cannot act as agent ${agentName}: ${ended}`, {
    ...(agent.revoked === undefined
      ? {}
      : { hint: `an operator can allow it: ${grantLine(agent, '--all-of @scope/name')}` }),
  });
}

/**
 * Names that the identity may start: names in a lock, and names that are granted without a
 * wildcard.
 */
export async function knownSkills(context: AgentContext, agent: Agent): Promise<SkillName[]> {
  const project: Project = await projectAt(context.folder);
  const granted = agent.grants
    .filter((grant) => !grant.skill.endsWith('/*'))
    .map((grant) => parseSkillName(grant.skill));
  const locked = [...(await readLock(ownLockOf(context))).keys(), ...project.lock.keys()];
  return [...locked.filter((name) => grantFor(agent, name) !== undefined), ...granted];
}

/** The grant for a skill: its own grant, or the grant of its scope. */
export function grantFor(agent: Agent, name: SkillName): Grant | undefined {
  const whole = `${name.slice(0, name.indexOf('/'))}/*`;
  return (
    agent.grants.find((grant) => grant.skill === name) ??
    agent.grants.find((grant) => grant.skill === whole)
  );
}

/** Writes a line of the audit log, with an id that no run has. */
export function recordFor(
  { host, agentName }: AgentContext,
  skill: SkillName | undefined,
  event: AuditEvent,
): void {
  host.audit.record(
    { run: randomUUID(), agent: agentName, ...(skill === undefined ? {} : { skill }) },
    event,
  );
}

// The lock of an agent identity: the versions that its standing grant fetched.

/** `skillgate agent grant` removes an entry, so that a newer version may be fetched. */
export function identityLockOf({ paths }: Pick<AdmissionWorld, 'paths'>, agent: string): string {
  return join(paths.data, 'agents', agent, lockFileName);
}

interface LockOwner {
  readonly world: Pick<AdmissionWorld, 'paths'>;
  readonly agentName: string;
}

function ownLockOf({ world, agentName }: LockOwner): string {
  return identityLockOf(world, agentName);
}

async function pinFor(owner: LockOwner, start: Startable): Promise<void> {
  const line = [start.admitted.name, lockedBy(start)] as const;
  await changeLock(ownLockOf(owner), (lock) => new Map([...lock, line]));
}

function lockedBy({ admitted, registry }: Startable): LockedSkill {
  const { version, bundle, publisher, scopeClaim, logIndex } = admitted;
  return {
    registry,
    version,
    bundle,
    publisher,
    scopeClaim,
    capabilities: capabilityDigest(admitted.capabilities),
    logIndex,
  };
}
