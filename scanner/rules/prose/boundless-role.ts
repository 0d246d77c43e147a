/** Text that gives an agent a role without rules, or has it drop its morals and filters. */
import { ordersIn } from '../../prose/find-orders.ts';
import { boundlessRoles } from '../../prose/phrases/orders.ts';
import { defineRule } from '../../rule.ts';

export const boundlessRole = defineRule({
  id: 'prose/boundless-role',
  title: 'An agent is given a role without rules',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'An agent that plays somebody who refuses nothing does what its user and its operator would not allow. No task of a skill needs such a role.',
  fix: 'Describe the task. A tone or a profession needs no freedom from rules.',
  maps: { owasp: ['LLM01', 'ASI01'], attack: ['AML.T0054'] },
  reads: ['text'],
  check: ({ of }) => ordersIn(of('text'), boundlessRoles),
});
