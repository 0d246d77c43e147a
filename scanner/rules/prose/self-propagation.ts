/** Text that has an agent spread the skill. */

import { withFrames } from '../../prose/frames/find-frames.ts';
import { selfPlanted } from '../../prose/frames/planting-frames.ts';
import { propagations } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const selfPropagation = defineRule({
  id: 'prose/self-propagation',
  title: 'The text spreads itself',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'A text that copies itself into other skills, projects, agents or messages is a worm. No work of the user asks for it.',
  fix: 'Remove it. Let users install the skill themselves.',
  maps: { owasp: ['ASI07', 'ASI10'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, propagations).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `has an agent spread the skill: "${quote}"`,
        ...weighed(manner, 'high'),
      }),
    );
    return withFrames(told, facts, selfPlanted);
  },
});
