/**
 * A session of an agent's own program: a temporary sandbox with the system's programs, a workspace,
 * the agent's memory, its model, and a bridge to its skills. runner/run/run-plan.ts runs sessions
 * and skills alike; this file holds the session's part. Skills of a session run in sandboxes of
 * their own.
 */
import { randomBytes } from 'node:crypto';
import { whyEnded } from '../../skills-index/run/agents/agent.ts';
import { runnerHost } from '../../skills-index/run/agents/bridge.ts';
import { type RunTokens, runTokens } from '../../skills-index/run/agents/run-token.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import { keyVariableOf } from '../../skills-index/run/plan/plan-session.ts';
import { holdsOfEgress } from '../../skills-index/run/plan/plan-surroundings.ts';
import { sessionThresholds } from '../../skills-index/run/plan/session-limits.ts';
import { type SessionPlan, sessionSkill } from '../../skills-index/run/plan/session-plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { beginHandOver } from '../git/begun.ts';
import { indexAnswers } from '../indexes/index-answers.ts';
import type { FilledRunFolder, PlannedWork } from '../run/planned-work.ts';
import { runPlan } from '../run/run-plan.ts';
import type { RunEnd, RunWorld } from '../run/run-request.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type BridgeCalls, serveBridge } from './bridge-server.ts';
import { cachesFolderOf } from './cache-folder.ts';
import { openCaches } from './open-cache.ts';
import { bridgeFiles, renewToken, runFolders } from './session-files.ts';
import { giveMemory, type SessionHost } from './session-host.ts';
import { type SessionSkill, writeSkillTree } from './skill-tree.ts';
import { inTerminal, terminalFile } from './terminal-program.ts';

export interface PlannedSession {
  /** Id of the session, which all of its lines in the audit log carry. */
  readonly id: string;
  readonly plan: SessionPlan;
  readonly digest: Digest;
  readonly host: SessionHost;
  readonly skills: readonly SessionSkill[];
  readonly calls: BridgeCalls;
  readonly sandbox: Sandbox;
}

/**
 * Runs the session to its end. Each Problem is in the audit log before this function throws it.
 * @throws Problem of the plan's first refusal, `budget-used`, `sandbox-missing`, `sandbox-refused`
 */
export async function runSession(session: PlannedSession, world: RunWorld): Promise<RunEnd> {
  const { hostPolicy, now } = world;
  const tokens = runTokens(now, () => randomBytes(32));
  // Sessions have their own circuit breaker, which counts over all sessions of the agent.
  const breakers = sessionThresholds(hostPolicy.breakers);
  const own = world.agent === undefined ? [] : holdsOfEgress(world.agent);
  try {
    const handOver = await beginHandOver(writableFolders(session));
    return await runPlan(
      { ...workOf(session, tokens, world), handOver },
      {
        ...world,
        hostPolicy: { ...hostPolicy, breakers, holds: [...hostPolicy.holds, ...own] },
      },
    );
  } finally {
    tokens.end();
  }
}

function writableFolders({ host, plan }: PlannedSession): Map<string, number> {
  const writable = plan.mounts.filter(({ mode }) => mode !== 'ro');
  return new Map(
    writable.flatMap(({ source }) => {
      const folder = host.folders.get(workspaceOf(source));
      return folder === undefined ? [] : [[source, folder] as const];
    }),
  );
}

function workOf(session: PlannedSession, tokens: RunTokens, world: RunWorld): PlannedWork {
  const { now } = world;
  const { calls, digest, host, id, plan, sandbox } = session;
  const [command = '', ...args] = plan.command;
  return {
    plan,
    digest,
    sandbox,
    // Rules of host policy that name no skill apply to a session.
    named: sessionSkill,
    subject: { run: id, agent: plan.agent, session: id },
    command: plan.terminal === undefined ? plan.command : inTerminal(plan.command),
    words: { command, args, why: '' },
    started: { command: plan.command.join(' '), why: 'session' },
    files: plan.terminal === undefined ? bridgeFiles() : [...bridgeFiles(), terminalFile],
    programs: [],
    // A session has all programs of the system.
    base: [],
    folders: plan.folders,
    env: (placeholders) => environmentOf(plan, placeholders),
    // Agents' programs routinely send their environment to their models, which would trip a canary
    // there.
    hasCanaryInEnvironment: false,
    services: new Map([[`${runnerHost}:80`, (stream) => serveBridge(stream, tokens, calls)]]),
    answers: indexAnswers(plan, world),
    openKept: openCaches(cachesFolderOf(world.paths, plan.agent), id),
    descriptors: host.folders,
    whyNot: (agent) => whyEnded(agent, now()),
    purpose: `start a session of agent ${plan.agent}`,
    hint: `skillgate agent run --plan ${plan.agent} -- COMMAND`,
    fillRunFolder: (runFolder) => fillRunFolder(session, tokens, runFolder),
  };
}

function environmentOf(
  plan: SessionPlan,
  placeholders: readonly BoundPlaceholder[],
): Record<string, string> {
  return {
    ...Object.fromEntries(plan.env.map((variable) => [variable.name, variable.value])),
    ...Object.fromEntries(
      placeholders.map((secret) => [keyVariableOf(secret), secret.placeholder]),
    ),
  };
}

async function fillRunFolder(
  { plan, skills }: PlannedSession,
  tokens: RunTokens,
  runFolder: string,
): Promise<FilledRunFolder> {
  const memory = plan.mounts.find((mount) => mount.source === 'memory');
  if (memory !== undefined) giveMemory(memory.path, plan.uid, plan.gid);
  await writeSkillTree(`${runFolder}/skills`, skills);
  const close = renewToken(`${runFolder}/token`, tokens, plan);
  return { folders: runFolders(runFolder), close };
}
