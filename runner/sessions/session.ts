/**
 * A session of an agent's own program: an ephemeral sandbox with the system's programs, its
 * workspace, its memory, its model and the way to its skills. runner/run/run-plan.ts runs it like a
 * skill; this file holds what a session adds. Its skills run beside it, each in its own sandbox.
 */
import { randomBytes } from 'node:crypto';
import { whyEnded } from '../../skills-index/run/agents/agent.ts';
import { sessionThresholds } from '../../skills-index/run/agents/breaker.ts';
import { runnerHost } from '../../skills-index/run/agents/bridge.ts';
import { type RunTokens, runTokens } from '../../skills-index/run/agents/run-token.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import { keyVariableOf } from '../../skills-index/run/plan/plan-session.ts';
import { type SessionPlan, sessionSkill } from '../../skills-index/run/plan/session-plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Furnished, PlannedWork } from '../run/planned-work.ts';
import { runPlan } from '../run/run-plan.ts';
import type { RunEnd, RunWorld } from '../run/run-request.ts';
import type { Sandbox } from '../sandboxes/sandbox.ts';
import { type BridgeCalls, serveBridge } from './bridge-server.ts';
import { bridgeFiles, keepToken, runFolders } from './session-files.ts';
import { giveMemory, type SessionHost } from './session-host.ts';
import { type SessionSkill, writeSkillTree } from './skill-tree.ts';

export interface Session {
  /** Of the session; every line of the audit log that belongs to it has it. */
  readonly id: string;
  readonly plan: SessionPlan;
  readonly digest: Digest;
  readonly host: SessionHost;
  readonly skills: readonly SessionSkill[];
  readonly calls: BridgeCalls;
  readonly sandbox: Sandbox;
}

/**
 * Runs the session to its end.
 * @throws Problem of the plan's first refusal, `budget-used`, `sandbox-missing`, `sandbox-refused`;
 * recorded first
 */
export async function runSession(session: Session, world: RunWorld): Promise<RunEnd> {
  const { hostPolicy, now } = world;
  const tokens = runTokens(now, () => randomBytes(32));
  // A breaker of its own counts what it does over all sessions of the agent.
  const breakers = sessionThresholds(hostPolicy.breakers);
  try {
    return await runPlan(workOf(session, tokens, now), {
      ...world,
      hostPolicy: { ...hostPolicy, breakers },
    });
  } finally {
    tokens.end();
  }
}

function workOf(session: Session, tokens: RunTokens, now: () => Date): PlannedWork {
  const { calls, digest, host, id, plan, sandbox } = session;
  const [command = '', ...args] = plan.command;
  return {
    plan,
    digest,
    sandbox,
    // The rules of host policy that name no skill hold for it.
    named: sessionSkill,
    subject: { run: id, agent: plan.agent, session: id },
    command: plan.command,
    words: { command, args, why: '' },
    started: { command: plan.command.join(' '), why: 'session' },
    files: bridgeFiles(),
    programs: [],
    folders: plan.folders,
    env: (placeholders) => environmentOf(plan, placeholders),
    // Agents' programs send their environment to their models as a matter of course.
    hasCanaryInEnvironment: false,
    services: new Map([[`${runnerHost}:80`, (stream) => serveBridge(stream, tokens, calls)]]),
    descriptors: host.folders,
    whyNot: (agent) => whyEnded(agent, now()),
    purpose: `start a session of agent ${plan.agent}`,
    hint: `skillgate agent run --plan ${plan.agent} -- COMMAND`,
    furnish: (runFolder) => furnish(session, tokens, runFolder),
  };
}

function environmentOf(
  plan: SessionPlan,
  placeholders: readonly BoundPlaceholder[],
): Record<string, string> {
  return {
    ...Object.fromEntries(plan.env.map((one) => [one.name, one.value])),
    ...Object.fromEntries(placeholders.map((one) => [keyVariableOf(one), one.placeholder])),
  };
}

async function furnish(
  { plan, skills }: Session,
  tokens: RunTokens,
  runFolder: string,
): Promise<Furnished> {
  const memory = plan.mounts.find((one) => one.source === 'memory');
  if (memory !== undefined) giveMemory(memory.path, plan.uid, plan.gid);
  await writeSkillTree(`${runFolder}/skills`, skills);
  const close = keepToken(`${runFolder}/token`, tokens, plan);
  return { folders: runFolders(runFolder), close };
}
