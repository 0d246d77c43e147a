/**
 * What an agent's calls share: who the agent is now, what the agent may start, and the log of the
 * agent's acts.
 */
import { randomUUID } from 'node:crypto';
import {
  type Agent,
  type Grant,
  grantLine,
  whyEnded,
} from '../../skills-index/run/agents/agent.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readNamedAgent } from '../agents/named-agent.ts';
import { readLock } from '../install/lock.ts';
import { type AdmissionWorld, type Project, projectAt } from '../run/admission.ts';
import type { HostFiles } from '../run/host-files.ts';
import type { Startable } from '../run/start-skill.ts';
import { ownLockOf } from './agent-lock.ts';
import type { InstallQuestions } from './install-questions.ts';

/** The agent, and the folder where its lock is searched. */
export interface AgentContext {
  readonly world: AdmissionWorld;
  readonly host: HostFiles;
  readonly agentName: string;
  readonly folder: string;
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
