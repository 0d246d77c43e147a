/** Another agent is started that asks nobody. */

import { isInText } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const unguardedAgent = defineRule({
  id: 'exec/unguarded-agent',
  title: 'An agent is started without its permission prompts',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'The agent that was asked for approval starts a second agent that asks nobody. The second one does what the skill itself may not do.',
  fix: 'Start agents with their permission prompts on, or name the few tools that may be used.',
  maps: { cwe: ['CWE-250'], owasp: ['ASI02', 'ASI03', 'LLM06'] },
  reads: ['trait:agent-unguarded'],
  check: (context) =>
    draftsOfTrait(context, 'agent-unguarded', (fact) => ({
      severity: isInText(fact) ? 'low' : 'medium',
      message: `starts an agent that ${fact.detail.replace(/^\S+ /, '')}`,
    })),
});
