/** Text for whoever checks the skill. */

import { toScanners } from '../../prose/lures.ts';
import { remark, remarksOn } from '../../prose/remarks.ts';
import { proseRoles } from '../../prose/statements.ts';
import { defineRule } from '../../rule.ts';

export const speaksToScanners = defineRule({
  id: 'prose/speaks-to-scanners',
  title: 'The text addresses whoever checks the skill',
  ...remark,
  confidence: 'lexical',
  why: 'The reader has to find out whether a skill is safe. A text that claims it keeps somebody from looking.',
  fix: 'Remove it.',
  maps: { owasp: ['AST08'] },
  reads: ['text'],
  check: (context) =>
    remarksOn(context.of('text'), 'speaks to whoever checks the skill', forms, [], roles),
});

const forms = [toScanners];

const roles = new Set([...proseRoles, 'comment', 'string', 'link'] as const);
