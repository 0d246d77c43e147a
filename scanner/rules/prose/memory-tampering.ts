/** Text that has an agent write into its own memory or rules. */

import { memoryHeld } from '../../prose/frames/act-frames.ts';
import { memoryOrders } from '../../prose/lures.ts';
import { memoryPhrases } from '../../prose/phrases/harms.ts';
import { remark, remarksOn } from '../../prose/remarks.ts';
import { defineRule } from '../../rule.ts';

export const memoryTampering = defineRule({
  id: 'prose/memory-tampering',
  title: 'The text writes itself into an agent’s memory',
  ...remark,
  confidence: 'lexical',
  why: 'An agent obeys its memory, rules and settings in every later session, long after the skill is gone, and so do agents that never loaded it.',
  fix: 'Keep notes in a folder of the skill. If a rule must be added for good, tell the user which line to add and where.',
  maps: { owasp: ['ASI06', 'LLM01'], attack: ['AML.T0080'] },
  reads: ['text'],
  check: (context) =>
    remarksOn(context.of('text'), 'has an agent write into its memory or rules', forms, memoryHeld),
});

const forms = [...memoryOrders, ...memoryPhrases];
