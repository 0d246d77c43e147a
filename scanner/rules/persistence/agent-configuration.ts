/** Servers, plugins or skills are added to the agent. */

import { isInText } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const agentConfiguration = defineRule({
  id: 'persistence/agent-configuration',
  title: 'The agent’s setup is changed',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'An added server, plugin or skill stays when the skill is gone, and the agent trusts it in every later session.',
  fix: 'Tell the user what to add; do not add it for them.',
  maps: { owasp: ['ASI04', 'AST01'], attack: ['AML.T0081'] },
  reads: ['trait:agent-setup', 'source'],
  check: (context) => [
    ...draftsOfTrait(context, 'agent-setup', (fact) => ({
      severity: isInText(fact) ? 'info' : 'medium',
      message: fact.detail,
    })),
    ...context.sources.flatMap(({ path, text, depth }): FindingDraft[] => {
      if (depth > 0 || !loadedByAgents.test(path)) return [];
      const at = /"?(mcpServers|mcp_servers|servers|enabledPlugins|extraKnownMarketplaces)"?/.exec(
        text,
      );
      if (at === null) return [];
      const span = { path, start: at.index, end: at.index + at[0].length };
      return [
        {
          span,
          severity: 'low',
          message: `an agent that is opened in this folder loads ${at[1]} from here`,
        },
      ];
    }),
  ],
});

/** Settings that agents read from the folder they work in. */
const loadedByAgents =
  /(^|\/)(\.mcp\.json|\.claude\/settings(\.local)?\.json|\.cursor\/mcp\.json|\.vscode\/mcp\.json|\.codex\/config\.toml|\.gemini\/settings\.json)$/;
