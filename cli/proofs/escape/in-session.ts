/** Attempts in an agent's session. The runner starts it as it starts an agent's own program. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { createAgent } from '../../../runner/agents/agent-store.ts';
import { agentFile, readAgent } from '../../../runner/agents/agents.ts';
import type { EndReason, RunResult, RunWorld } from '../../../runner/run/run-request.ts';
import type { Sandbox } from '../../../runner/sandbox/sandbox.ts';
import { runSession } from '../../../runner/sessions/session.ts';
import { openSessionHost } from '../../../runner/sessions/session-host.ts';

import type { Agent } from '../../../skills-index/run/agents/agent.ts';
import type { HostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { planSession } from '../../../skills-index/run/plan/plan-session.ts';
import { type AttemptOutputs, parseOutputs, type WantedAttempt } from './batch.ts';
import { factsOf } from './facts.ts';
import { probeProgram } from './probe.ts';
import { auditFileOf, requestIn } from './sandboxed.ts';
import { changeOwner, type EscapeWorld } from './world.ts';

/** The name of the agent's workspace, which a session has at `/workspace`. */
const workspaceName = 'kept';

export interface SessionTerms {
  readonly agent: string;
  /** The folder that the name of the workspace means. */
  readonly folder: string;
  readonly command: readonly string[];
  readonly indexes?: NonNullable<Agent['indexes']>;
  readonly policy?: Partial<HostPolicy>;
}

export interface SessionEnd {
  readonly printed: string;
  readonly end: Pick<RunResult, 'changes' | 'cleaned' | 'reason' | 'run'>;
  /** The policy and the log of the session, which an acceptance of its changes needs. */
  readonly request: Pick<RunWorld, 'audit' | 'hostPolicy' | 'paths'>;
}

/** Runs a session of an agent. @throws Problem where no session starts */
export async function runInSession(
  world: EscapeWorld,
  sandbox: Sandbox,
  { agent: name, command, folder, indexes = [], policy = {} }: SessionTerms,
): Promise<SessionEnd> {
  // Each identity has a settings folder of its own, because two cannot share a workspace's name.
  const request = requestIn(world, sandbox, { files: { 'probe.sh': '' } });
  const config = join(world.paths.config, name);
  const paths = { ...world.paths, config };
  const workspaces = { [workspaceName]: folder };
  const hostPolicy = { ...request.hostPolicy, ...policy, workspaces };
  const identities = join(config, 'agents');
  const workspace = { name: workspaceName, mode: 'cow' } as const;
  const agent = fs.existsSync(agentFile(identities, name))
    ? readAgent(identities, name)
    : createAgent(identities, { name, now: new Date(), workspace, indexes });
  const { audit, printed, secrets } = request;
  if (secrets === undefined) throw new Error('the suite has secrets');
  fs.mkdirSync(dirname(auditFileOf(world)), { recursive: true, mode: 0o700 });
  const host = openSessionHost({ agent, command, hostPolicy, paths, secrets });
  try {
    const now = new Date();
    const planned = planSession({ agent, hostPolicy, facts: host.facts, skills: [], sandbox, now });
    const calls = { run: async () => 1, mcp: async () => 1 };
    const end = await runSession(
      { id: randomUUID(), ...planned, host, skills: [], calls, sandbox },
      { ...request, agent, hostPolicy, paths },
    );
    return { printed: printed(), end, request: { audit, hostPolicy, paths } };
  } finally {
    host.close();
  }
}

/**
 * Runs a batch in one session. Its workspace is the world's, and a listener of the world is its
 * index of npm.
 */
export async function runBatchInSession(
  world: EscapeWorld,
  sandbox: Sandbox,
  attempts: readonly WantedAttempt[],
  atOnce: number,
): Promise<{
  readonly outputs: AttemptOutputs;
  readonly reason: EndReason;
  readonly printed: string;
}> {
  const folder = join(world.workspace, 'probe');
  fs.mkdirSync(folder);
  fs.writeFileSync(join(folder, 'probe.py'), probeProgram);
  fs.writeFileSync(join(folder, 'rows.json'), JSON.stringify(attempts));
  changeOwner(folder, world.user);
  const facts = { ...factsOf(world, true, atOnce), mount: '/workspace' };
  const command = ['python3', '/workspace/probe/probe.py', JSON.stringify(facts)];
  const npm = { url: `http://127.0.0.1:${world.port}/` };
  const terms: SessionTerms = {
    agent: 'one',
    folder: world.workspace,
    command,
    indexes: ['npm'],
    policy: { indexes: { npm } },
  };
  const { end, printed } = await runInSession(world, sandbox, terms);
  return { outputs: parseOutputs(printed), reason: end.reason, printed };
}
