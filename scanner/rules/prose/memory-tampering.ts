/** Text that has an agent write into its own memory or rules. */

import { memoryHeld } from '../../prose/frames/act-frames.ts';
import { withFrames } from '../../prose/frames/find-frames.ts';
import { memoryOrders } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { memoryPhrases } from '../../prose/phrases/harms.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const memoryTampering = defineRule({
  id: 'prose/memory-tampering',
  title: 'The text writes itself into an agent’s memory',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'An agent obeys its memory, rules and settings in every later session, long after the skill is gone, and so do agents that never loaded it.',
  fix: 'Keep notes in a folder of the skill. If a rule must be added for good, tell the user which line to add and where.',
  maps: { owasp: ['ASI06', 'LLM01'], attack: ['AML.T0080'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `has an agent write into its memory or rules: "${quote}"`,
        ...weighed(manner, 'medium'),
      }),
    );
    return withFrames(told, facts, memoryHeld);
  },
});

const forms = [...memoryOrders, ...memoryPhrases];
