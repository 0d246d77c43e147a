/** A text that makes a person fetch and start a program, under the name of a prerequisite. */
import { ordersIn, proseRoles } from '../../prose/find-orders.ts';
import { lures } from '../../prose/phrases/orders.ts';
import { defineRule } from '../../rule.ts';

export const installLure = defineRule({
  id: 'prose/install-lure',
  title: 'The text lures people into installing something',
  kind: 'malice',
  severity: 'critical',
  confidence: 'lexical',
  why: 'The skill itself is clean. Its text says that it works only after a command from a paste site, or a program in a locked archive, is started. Most malware in skills came this way.',
  fix: 'Name software by its package registry and version. A skill needs no download that a person has to start.',
  maps: { owasp: ['ASI09', 'LLM01'], attack: ['T1204.002', 'T1204.004'] },
  reads: ['text'],
  check: ({ of }) => ordersIn(of('text'), lures, undefined, roles),
});

// Few pages show the address of a paste site.
const roles = new Set([...proseRoles, 'link'] as const);
