/** A skill as an agent may have it now: by its grants, by a lock or its standing grant, admitted anew; why not is recorded. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readAgent } from '../runner/agents.ts';
import { type Agent, type Grant, whyEnded, whyNotGranted } from '../skills-index/run/agent.ts';
import type { AuditEvent } from '../skills-index/run/audit-entry.ts';
import { capabilityDigest, isEmpty, listCapabilities, minus, printCapability } from '../skills-index/skill/capability.ts';
import { parseSkillName, type SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type Project, projectAt, type World } from './admission.ts';
import { admissionSecondsMax } from './limits.ts';
import { type LockedSkill, lockFileName, readLock, writeLock } from './lock.ts';
import { admitToStart, type HostFiles, type Startable } from './start-skill.ts';

/** For whom skills are looked up, and where. */
export interface AgentContext {
  readonly world: World;
  readonly host: HostFiles;
  readonly agentName: string;
  readonly folder: string;
  /** What was admitted moments ago: reading goes on from it, a run never does. */
  readonly recent: Map<SkillName, { readonly start: Startable; readonly until: number }>;
}

/** The skill as this agent may have it now: pinned by a lock, or admitted by the standing grant and then pinned. */
export async function startable(context: AgentContext, agent: Agent, name: SkillName, mayBeRecent: boolean): Promise<Startable> {
  const now = context.world.now().getTime();
  const before = context.recent.get(name);
  const grant = grantFor(agent, name);
  if (grant === undefined) throw holdFor(context, name, `agent ${agent.name} has no grant for ${name}`);
  if (mayBeRecent && before !== undefined && before.until > now) return before.start;

  const project = await projectAt(context.folder);
  const own = await readLock(ownLockOf(context));
  const locked = own.get(name) ?? project.lock.get(name);
  const why = locked === undefined ? undefined : whyNotGranted(agent, name, locked.version, context.world.now());
  if (why !== undefined) throw holdFor(context, name, why);
  const start = await admitToStart(context.world, context.host, {
    ...{ name, range: grant.range, locked, locks: [own, project.lock], agent: agent.name },
    registries: project.file.registries,
  });
  if (locked === undefined) {
    const beyond = minus(start.admitted.capabilities, agent.ceiling);
    if (!isEmpty(beyond)) {
      const what = listCapabilities(beyond).map(printCapability).join('; ');
      throw holdFor(context, name, `its capabilities are not inside the standing grant of agent ${agent.name}: ${what}`);
    }
    await writeLock(ownLockOf(context), new Map([...own, [name, lockedBy(start)] as const]));
  }
  context.recent.set(name, { start, until: now + admissionSecondsMax * 1_000 });
  return start;
}

function holdFor(context: AgentContext, name: SkillName, why: string): Problem {
  const problem = new Problem('hold-unsupported', `Cannot use ${name}: ${why}`, {
    hint: `an operator can allow it: skill agent grant ${context.agentName} --all-of ${name}`,
  });
  recordFor(context, name, { event: 'refused', code: problem.code, why });
  return problem;
}

/** Names that the identity may start: those of a lock, and those granted by their whole name. */
export async function knownSkills(context: AgentContext, agent: Agent): Promise<SkillName[]> {
  const project: Project = await projectAt(context.folder);
  const granted = agent.grants.filter((one) => !one.skill.endsWith('/*')).map((one) => parseSkillName(one.skill));
  const locked = [...(await readLock(ownLockOf(context))).keys(), ...project.lock.keys()];
  return [...locked.filter((name) => grantFor(agent, name) !== undefined), ...granted];
}

function grantFor(agent: Agent, name: SkillName): Grant | undefined {
  const whole = `${name.slice(0, name.indexOf('/'))}/*`;
  return agent.grants.find((one) => one.skill === name) ?? agent.grants.find((one) => one.skill === whole);
}

function lockedBy({ admitted, registry }: Startable): LockedSkill {
  const { version, bundle, publisher, scopeClaim, logIndex } = admitted;
  return { registry, version, bundle, publisher, scopeClaim, capabilities: capabilityDigest(admitted.capabilities), logIndex };
}

/** Read at each call: an identity that was revoked or has ended can do nothing more. */
export function agentOf({ host, agentName, world }: AgentContext): Agent {
  const agent = readAgent(host.agents, agentName);
  const ended = whyEnded(agent, world.now());
  if (ended === undefined) return agent;
  throw new Problem('plan-refused', `Cannot act: ${ended}`);
}

export function recordFor({ host, agentName }: AgentContext, skill: SkillName | undefined, event: AuditEvent): void {
  host.audit.record({ run: randomUUID(), agent: agentName, ...(skill === undefined ? {} : { skill }) }, event);
}

/** The lock of an identity: what it fetched by its standing grant. `skill agent grant` drops a line of it, so that a newer version may come. */
export function identityLockOf({ paths }: Pick<World, 'paths'>, agent: string): string {
  return join(paths.data, 'agents', agent, lockFileName);
}

function ownLockOf({ world, agentName }: AgentContext): string {
  return identityLockOf(world, agentName);
}
