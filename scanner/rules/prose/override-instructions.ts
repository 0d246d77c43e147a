/** Text that orders an agent to drop its rules, or to keep something from its user. */
import type { TextFact } from '../../fact.ts';
import { concealments, overrides } from '../../models/lures.ts';
import { mannerOf, plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';
import { atMost } from '../../standing.ts';

export const overrideInstructions = defineRule({
  id: 'prose/override-instructions',
  title: 'Orders an agent to drop its rules',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An agent reads a skill as instructions. Text that tells it to ignore others, or to hide something from the user, serves somebody else.',
  fix: 'Say what the skill does; leave the agent’s other instructions alone.',
  maps: { owasp: ['LLM01', 'ASI01'], attack: ['AML.T0051'] },
  reads: ['text'],
  revision: 1,
  check: (context) => context.of('text').flatMap((fact): Draft[] => draftsOf(fact)),
});

const roles = /^(prose|heading|list-item|table-cell|hidden|front-matter|string|comment|html|image|link)$/;

function draftsOf(fact: TextFact): Draft[] {
  if (!roles.test(fact.role)) return [];
  const words = plainWords(`${fact.text}${fact.detail === '' || fact.role === 'front-matter' ? '' : ` ${fact.detail}`}`);
  for (const [forms, says] of [
    [overrides, 'orders an agent to drop its rules'],
    [concealments, 'orders an agent to keep something from its user'],
  ] as const) {
    const match = forms.map((form) => form.exec(words)).find((found) => found !== null);
    if (match === undefined || match === null) continue;
    const manner = mannerOf(words, match);
    const isCode = fact.role === 'string' || fact.role === 'comment';
    const usual = isCode || forms === concealments ? 'medium' : 'high';
    const severity = manner === 'meant' ? usual : manner === 'discussed' ? atMost(usual, 'medium') : 'low';
    return [
      {
        span: fact.span,
        kind: manner === 'refused' ? 'capability' : 'malice',
        severity,
        message: `${says}: "${match[0].trim().slice(0, 120)}"`,
      },
    ];
  }
  return [];
}
