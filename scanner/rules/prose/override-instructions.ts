/** Text that orders an agent to drop its rules, or to keep something from its user. */
import type { TextFact } from '../../fact.ts';
import { showsOnly } from '../../models/code-fences.ts';
import { concealments, overrides } from '../../models/lures.ts';
import { isQuoted, plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';

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
    const isRefused =
      /\b(never|not|don't|cannot|can't|must not|refuse|reject|resist|attempts?|tr(y|ies) to|ask(s|ed)? (you )?to|if|any)\b[^.]{0,50}$/i.test(
        words.slice(0, match.index),
      );
    const isExample =
      isRefused || isQuoted(words, match.index, match[0].length) || (fact.role !== 'hidden' && showsOnly.test(words));
    const isCode = fact.role === 'string' || fact.role === 'comment';
    const severity = isExample ? 'low' : isCode || forms === concealments ? 'medium' : 'high';
    return [
      {
        span: fact.span,
        kind: isExample ? 'capability' : 'malice',
        severity,
        message: `${says}: "${match[0].trim().slice(0, 120)}"`,
      },
    ];
  }
  return [];
}
