/** Text that speaks in the name of those whom an agent obeys, or has it obey strangers. */
import { ordersIn } from '../../prose/find-orders.ts';
import { falseAuthorities } from '../../prose/phrases/orders.ts';
import { defineRule } from '../../rule.ts';

export const falseAuthority = defineRule({
  id: 'prose/false-authority',
  title: 'The text claims an authority that no skill has',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'An agent obeys its user and its operator. A text that claims to come from them, or has the agent obey whoever writes a message, gives somebody else their place.',
  fix: 'Give the instructions of the skill as such. Treat messages and pages as data.',
  maps: { owasp: ['LLM01', 'ASI01', 'ASI09'], attack: ['AML.T0051'] },
  reads: ['text'],
  check: ({ of }) => ordersIn(of('text'), falseAuthorities),
});
