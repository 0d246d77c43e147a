/** Text that fixes the outcome of a judgement. */

import { readersMisled } from '../../prose/frames/harm-frames.ts';
import { resultsForged } from '../../prose/frames/shaded-frames.ts';
import { biases } from '../../prose/lures.ts';
import { biasPhrases } from '../../prose/phrases/harms.ts';
import { remark, remarksOn } from '../../prose/remarks.ts';
import { defineRule } from '../../rule.ts';

export const biasedJudgement = defineRule({
  id: 'prose/biased-judgement',
  title: 'The outcome of a judgement is fixed',
  ...remark,
  confidence: 'lexical',
  why: 'An agent that is told what to find, praise or recommend misleads the person who asked it to compare, review or grade.',
  fix: 'Name the criteria, not the winner.',
  maps: { owasp: ['LLM09', 'ASI09'] },
  reads: ['text'],
  check: (context) =>
    remarksOn(context.of('text'), 'fixes an outcome beforehand', forms, framesOfForgery),
});

const forms = [...biases, ...biasPhrases];

const framesOfForgery = [...resultsForged, ...readersMisled];
