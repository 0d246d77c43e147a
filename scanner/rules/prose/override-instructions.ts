/** Text that orders an agent to drop its rules. */

import { atMost } from '../../fact/standing.ts';
import { overrides } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { overridePhrases, plainOverridePhrases } from '../../prose/phrases/orders.ts';
import {
  type ProseStatement,
  proseRoles,
  splitStatements,
  statementsOf,
} from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const overrideInstructions = defineRule({
  id: 'prose/override-instructions',
  title: 'The text orders an agent to drop its rules',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An agent reads a skill as instructions. Text that tells it to ignore its other instructions, or to be somebody without rules, serves somebody else.',
  fix: 'Say what the skill does; leave the agent’s other instructions alone.',
  maps: { owasp: ['LLM01', 'ASI01'], attack: ['AML.T0051'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    return [
      ...statementsOf(facts, forms, proseRoles),
      ...statementsOf(facts, codeForms, codeRoles),
      ...splitStatements(facts, forms),
    ].map(draftOf);
  },
});

const forms = [...overridePhrases, ...overrides];
const codeForms = [...plainOverridePhrases, ...overrides];
const codeRoles = new Set(['comment', 'string', 'link'] as const);

function draftOf({ fact, quote, manner }: ProseStatement): FindingDraft {
  const isCode = fact.role === 'string' || fact.role === 'comment' || fact.role === 'fence';
  return {
    span: fact.span,
    message: `orders an agent to drop its rules: "${quote}"`,
    ...weighed(manner, atMost('high', isCode ? 'medium' : 'high')),
  };
}
