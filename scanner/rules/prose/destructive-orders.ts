/** Text that has an agent destroy what is the user’s. */
import { ordersIn } from '../../prose/find-orders.ts';
import { destructions } from '../../prose/phrases/orders.ts';
import { defineRule } from '../../rule.ts';

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
  check: ({ of }) => ordersIn(of('text'), destructions),
});
