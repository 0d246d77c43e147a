/** Text that has a person or an agent turn a protection off. */

import { defencesLowered } from '../../prose/frames/defence-frames.ts';
import { withFrames } from '../../prose/frames/find-frames.ts';
import { doorsLeftOpen } from '../../prose/frames/harm-frames.ts';
import { openedDoors } from '../../prose/frames/order-frames.ts';
import { weakenings } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { defencePhrases } from '../../prose/phrases/harms.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const weakenedDefence = defineRule({
  id: 'prose/weakened-defence',
  title: 'The text turns a protection off',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Malware asks for its obstacles to be removed: antivirus, Gatekeeper, certificate checks, the sandbox. Honest software is signed instead.',
  fix: 'Make it work with the protection on; if that cannot be, say exactly which one, why and how to turn it on again.',
  maps: { cwe: ['CWE-693'], owasp: ['ASI09'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `turns a protection off: "${quote}"`,
        ...weighed(manner, 'medium'),
      }),
    );
    return withFrames(told, facts, framesOfDefences);
  },
});

const forms = [...weakenings, ...defencePhrases];

const framesOfDefences = [...openedDoors, ...defencesLowered, ...doorsLeftOpen];
