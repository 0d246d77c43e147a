/** Text that tells an agent to fetch instructions from elsewhere. */

import { othersObeyed } from '../../prose/frames/act-frames.ts';
import { withFrames } from '../../prose/frames/find-frames.ts';
import { pagesContinued } from '../../prose/frames/harm-frames.ts';
import { foreignOrders } from '../../prose/frames/order-frames.ts';
import { ordersOfOthers, shadedOrders } from '../../prose/frames/shaded-frames.ts';
import { remoteInstructionForms } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { remotePhrases } from '../../prose/phrases/orders.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const remoteInstructions = defineRule({
  id: 'prose/remote-instructions',
  title: 'Instructions are fetched from elsewhere',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'The text at the address can change after the skill was approved, and can differ for each reader.',
  fix: 'Put the instructions into the skill. Have the agent show the user what others ask for, and let the user decide.',
  maps: { owasp: ['AST05', 'LLM01'], attack: ['AML.T0051.001'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `sends an agent elsewhere for instructions: "${quote}"`,
        ...weighed(manner, /^(follow|obey|execute|apply)/i.test(quote) ? 'medium' : 'high'),
      }),
    );
    return withFrames(told, facts, framesOfOthers);
  },
});

const forms = [...remoteInstructionForms, ...remotePhrases];

const framesOfOthers = [
  ...foreignOrders,
  ...othersObeyed,
  ...ordersOfOthers,
  ...pagesContinued,
  ...shadedOrders,
];
