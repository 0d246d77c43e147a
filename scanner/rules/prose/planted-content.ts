/** Text that has an agent put something into everything it makes. */

import { withFrames } from '../../prose/frames/find-frames.ts';
import { partnersPlanted } from '../../prose/frames/harm-frames.ts';
import { plantedCode } from '../../prose/frames/order-frames.ts';
import { plantings } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const plantedContent = defineRule({
  id: 'prose/planted-content',
  title: 'The text plants something into all work',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'A script, a link or an account that an agent adds to each file, page or commit without a request reaches everybody who uses the work.',
  fix: 'Let the user ask for it.',
  maps: { owasp: ['LLM05', 'ASI09'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, plantings).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `plants something into what an agent makes: "${quote}"`,
        ...weighed(manner, unseen.test(quote) ? 'high' : 'medium'),
      }),
    );
    return withFrames(told, facts, framesOfPlanting);
  },
});

// Letters that nobody sees are a channel to whoever, or whatever, reads them: no user asks for
// that.
const unseen = /\b(invisible|hidden|zero[- ]width) (unicode|characters?)\b/i;

const framesOfPlanting = [...plantedCode, ...partnersPlanted];
