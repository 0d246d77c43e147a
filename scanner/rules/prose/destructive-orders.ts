/** Text that has an agent destroy what is the user’s. */
import { withFrames } from '../../prose/frames/find-frames.ts';
import { deletedUnseen, shadedDeletions } from '../../prose/frames/shaded-frames.ts';
import { destructions } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { destructionPhrases } from '../../prose/phrases/harms.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const destructiveOrders = defineRule({
  id: 'prose/destructive-orders',
  title: 'The text orders destruction',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An agent that follows the text deletes, encrypts or overwrites what nobody can restore. No code is needed.',
  fix: 'Name the files that the skill itself made, and ask before each deletion.',
  maps: { owasp: ['LLM06', 'ASI02'], attack: ['T1485'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `orders to destroy: "${quote}"`,
        ...weighed(manner, 'high'),
      }),
    );
    return withFrames(told, facts, framesOfDeletion);
  },
});

const forms = [...destructions, ...destructionPhrases];

const framesOfDeletion = [...deletedUnseen, ...shadedDeletions];
