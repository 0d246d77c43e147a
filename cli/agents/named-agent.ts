import { listAgents } from '../../runner/agents/agent-store.ts';
import { readAgent } from '../../runner/agents/agents.ts';
import type { Agent } from '../../skills-index/run/agents/agent.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

const agentNamesShownMax = 20;

/**
 * Reads an identity. The help for an unknown name lists the identities of this host.
 * @param folder `$CONFIG/agents`
 * @throws Problem as `readAgent` of `runner/agents/`
 */
export function readNamedAgent(folder: string, name: string): Agent {
  try {
    return readAgent(folder, name);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'agent-unknown') throw cause;
    const names = listAgents(folder).agents.map((agent) => agent.name);
    if (names.length === 0) throw cause;
    const shown = names.slice(0, agentNamesShownMax);
    const more = names.length > shown.length ? `, and ${names.length - shown.length} more` : '';
    throw new Problem(cause.code, cause.message, {
      cause,
      hint: `this host has: ${shown.join(', ')}${more}`,
    });
  }
}
