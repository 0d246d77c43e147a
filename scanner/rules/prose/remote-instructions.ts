/** Text that tells an agent to fetch instructions from elsewhere. */
import { ordersIn } from '../../prose/find-orders.ts';
import { remoteOrders } from '../../prose/phrases/orders.ts';
import { defineRule } from '../../rule.ts';

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
  check: ({ of }) => ordersIn(of('text'), remoteOrders),
});
