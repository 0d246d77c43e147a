/** Text that speaks in the name of those whom an agent obeys, or has it obey strangers. */
import { atMost } from '../../fact/standing.ts';
import { framesIn } from '../../prose/frames/find-frames.ts';
import { claimsOfAuthority, strangersObeyed } from '../../prose/frames/order-frames.ts';
import { forgedBoundaries } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

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
  check: (context) => {
    const facts = context.of('text');
    const forged = statementsOf(facts, forgedBoundaries).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `imitates the marks between an agent's messages: "${quote}"`,
        ...weighed(manner, atMost('medium', fact.role === 'fence' ? 'low' : 'medium')),
      }),
    );
    const known = new Set(forged.map(({ span }) => span));
    return [...forged, ...framesIn(facts, frames).filter(({ span }) => !known.has(span))];
  },
});

const frames = [...claimsOfAuthority, ...strangersObeyed];
