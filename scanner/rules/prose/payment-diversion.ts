/** Text that has an agent move money or change where it goes. */

import { withFrames } from '../../prose/frames/find-frames.ts';
import { moneyDiverted, shadedPayments } from '../../prose/frames/shaded-frames.ts';
import { diversions } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { paymentPhrases } from '../../prose/phrases/harms.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const paymentDiversion = defineRule({
  id: 'prose/payment-diversion',
  title: 'The text moves money',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'Payments cannot be called back. A text that names where money goes, or has money moved without a question, steals.',
  fix: 'Let the user name amount and recipient each time, and confirm both.',
  maps: { owasp: ['LLM06', 'ASI02'], attack: ['T1657'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `moves money or changes where it goes: "${quote}"`,
        ...weighed(manner, 'high'),
      }),
    );
    return withFrames(told, facts, framesOfMoney);
  },
});

const forms = [...diversions, ...paymentPhrases];

const framesOfMoney = [...moneyDiverted, ...shadedPayments];
