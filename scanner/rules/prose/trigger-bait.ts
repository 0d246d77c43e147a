/** Text that makes a skill load where it has no business. */

import { baits } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const triggerBait = defineRule({
  id: 'prose/trigger-bait',
  title: 'The skill claims every request',
  kind: 'malice',
  severity: 'low',
  confidence: 'lexical',
  why: 'A skill that claims every request, or priority over all others, takes the place of tools that the user chose, and reads what was not meant for it.',
  fix: 'Describe the one task of the skill and when it is useful.',
  maps: { owasp: ['AST04', 'ASI04'] },
  reads: ['text'],
  check: (context) =>
    statementsOf(context.of('text'), baits).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `claims requests that are not its own: "${quote}"`,
        ...weighed(manner, 'low'),
      }),
    ),
});
