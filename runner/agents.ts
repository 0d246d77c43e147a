/** Agent identities: who asks, what they may have, until when. How they are made and changed: cli/agent-store.ts. */

import type { Agent, StoredAgent } from '../skills-index/run/agent.ts';
import { parseStoredAgent } from '../skills-index/run/agent.ts';
import { isNamePart } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { agentBytesMax, agentWatchMillis } from './limits.ts';
import { readPrivateFile } from './private-file.ts';

/**
 * Reads an identity without its private key.
 * @param folder `$CONFIG/agents`
 * @throws Problem `agent-unknown`, `key-file-invalid` when its file is damaged or others may read it
 */
export function readAgent(folder: string, name: string): Agent {
  const { privateKey: _, ...agent } = readStoredAgent(folder, name);
  return agent;
}

/** @throws Problem as `readAgent` */
export function readStoredAgent(folder: string, name: string): StoredAgent {
  const path = agentFile(folder, name);
  const bytes = readPrivateFile(path, { bytesMax: agentBytesMax, secret: true, code: 'key-file-invalid' });
  if (bytes === undefined) throw new Problem('agent-unknown', `There is no agent ${JSON.stringify(name)} here`);
  const stored = parseStoredAgent(bytes, path);
  if (stored.name === name) return stored;
  throw new Problem('key-file-invalid', `Cannot use ${path}: it is the file of agent ${stored.name}`);
}

/** @throws Problem `usage` for what is no agent's name */
export function agentFile(folder: string, name: string): string {
  if (!isNamePart(name)) throw new Problem('usage', `Not an agent’s name: ${JSON.stringify(name)}`);
  return `${folder}/${name}.json`;
}

/** Aborts as soon as the identity's file says so, or cannot be read: what was taken from an agent is taken from what runs. */
export function watchAgent(
  folder: string,
  name: string,
  whyStop: (agent: Agent) => string | undefined,
): { readonly signal: AbortSignal; close(): void } {
  const stop = new AbortController();
  const look = (): void => {
    const why = whyNow(folder, name, whyStop);
    if (why !== undefined) stop.abort(new Problem('plan-refused', why));
  };
  const timer = setInterval(look, agentWatchMillis).unref();
  look();
  return { signal: stop.signal, close: () => clearInterval(timer) };
}

function whyNow(folder: string, name: string, whyStop: (agent: Agent) => string | undefined): string | undefined {
  try {
    return whyStop(readAgent(folder, name));
  } catch (cause) {
    return (cause as Error).message;
  }
}
