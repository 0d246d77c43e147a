/** Text for whoever checks the skill. */

import { toScanners } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import { proseRoles, statementsOf } from '../../prose/statements.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const speaksToScanners = defineRule({
  id: 'prose/speaks-to-scanners',
  title: 'The text addresses whoever checks the skill',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'The reader has to find out whether a skill is safe. A text that claims it keeps somebody from looking.',
  fix: 'Remove it.',
  maps: { owasp: ['AST08'] },
  reads: ['text'],
  check: (context) =>
    statementsOf(context.of('text'), forms, roles).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `speaks to whoever checks the skill: "${quote}"`,
        ...weighed(manner, 'medium'),
      }),
    ),
});

const forms = [toScanners];

const roles = new Set([...proseRoles, 'comment', 'string', 'link'] as const);
