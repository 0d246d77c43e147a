/** Text that fixes the outcome of a judgement. */

import { withFrames } from '../../prose/frames/find-frames.ts';
import { resultsForged } from '../../prose/frames/forgery-frames.ts';
import { readersMisled } from '../../prose/frames/harm-frames.ts';
import { biases } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { biasPhrases } from '../../prose/phrases/harms.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const biasedJudgement = defineRule({
  id: 'prose/biased-judgement',
  title: 'The outcome of a judgement is fixed',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'An agent that is told what to find, praise or recommend misleads the person who asked it to compare, review or grade.',
  fix: 'Name the criteria, not the winner.',
  maps: { owasp: ['LLM09', 'ASI09'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `fixes an outcome beforehand: "${quote}"`,
        ...weighed(manner, 'medium'),
      }),
    );
    return withFrames(told, facts, framesOfForgery);
  },
});

const forms = [...biases, ...biasPhrases];

const framesOfForgery = [...resultsForged, ...readersMisled];
