/**
 * Reads agent identities for runs, and ends runs whose identity is revoked.
 * runner/agents/agent-store.ts changes identities.
 */
import {
  type Agent,
  parseStoredAgent,
  type StoredAgent,
} from '../../skills-index/run/agents/agent.ts';
import { isNamePart } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readPrivateFile } from '../files/private-file.ts';
import type { RunRequest, Stop } from '../run/run-request.ts';
import { type BudgetAccount, openBudgetAccount } from './budget.ts';

const agentBytesMax = 256 * 1024;

/** Milliseconds between two checks whether the agent of a run is revoked. */
const agentWatchMillis = 300;

/**
 * Reads an agent identity without its private key.
 * @param folder `$CONFIG/agents`
 * @throws Problem `agent-unknown`; `key-file-invalid` when the file is damaged or other users may
 * read it
 */
export function readAgent(folder: string, name: string): Agent {
  const { privateKey: _, ...agent } = readStoredAgent(folder, name);
  return agent;
}

/** @throws Problem as `readAgent` */
export function readStoredAgent(folder: string, name: string): StoredAgent {
  const path = agentFile(folder, name);
  const bytes = readPrivateFile(path, {
    bytesMax: agentBytesMax,
    secret: true,
    code: 'key-file-invalid',
  });
  if (bytes === undefined)
    throw new Problem(
      'agent-unknown',
      `Cannot find agent ${JSON.stringify(name)}: this host has no identity of that name`,
    );
  const stored = parseStoredAgent(bytes, path);
  if (stored.name === name) return stored;
  throw new Problem(
    'key-file-invalid',
    `Cannot use ${path}: the file holds the identity of agent ${stored.name}, not of ${name}`,
  );
}

export function isAgentName(name: string): boolean {
  // The name `operator` stands for the person at the terminal. No agent's limits apply to that
  // person.
  return isNamePart(name) && name !== 'operator';
}

/**
 * Returns the path of an identity's file.
 * @throws Problem `usage` for an invalid name
 */
export function agentFile(folder: string, name: string): string {
  if (!isAgentName(name))
    throw new Problem('usage', `Cannot use ${JSON.stringify(name)} as the name of an agent`, {
      hint: 'Use lower-case letters, digits and single hyphens; the name “operator” is reserved.',
    });
  return `${folder}/${name}.json`;
}

/** An agent identity during a run: the identity's budget, and the events that end the run. */
export interface ActingAgent {
  readonly budget: BudgetAccount;
  readonly stops: readonly Stop[];
  /**
   * Reads the identity's file again.
   * @throws Problem `plan-refused` when the agent may not continue
   */
  requireActive(): void;
  close(): void;
}

/**
 * Begins a run on behalf of an agent identity: takes one run from the identity's budget and watches
 * for a revocation. A running sandbox ends when its identity is revoked or unreadable.
 * @throws Problem `budget-used`
 */
export function actAs(
  agent: Agent,
  { now, paths }: Pick<RunRequest, 'now' | 'paths'>,
  whyNot: (agent: Agent) => string | undefined,
): ActingAgent {
  const budget = openBudgetAccount(`${paths.data}/agents/${agent.name}/budget.json`, agent, now);
  const revoked = new AbortController();
  const whyNotNow = (): string | undefined => {
    try {
      return whyNot(readAgent(`${paths.config}/agents`, agent.name));
    } catch (cause) {
      return (cause as Error).message;
    }
  };
  const read = (): void => {
    const why = whyNotNow();
    if (why !== undefined) revoked.abort(new Problem('plan-refused', why));
  };
  const timer = setInterval(read, agentWatchMillis).unref();
  read();
  return {
    budget,
    stops: [
      { signal: budget.usedUp, reason: 'limit:budget' },
      { signal: revoked.signal, reason: 'revoked' },
    ],
    requireActive: () => {
      read();
      revoked.signal.throwIfAborted();
    },
    close: () => {
      clearInterval(timer);
      budget.close();
    },
  };
}
