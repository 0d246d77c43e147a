/** A shell is given to whoever answers a connection. */

import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const reverseShell = defineRule({
  id: 'network/reverse-shell',
  title: 'A shell for a stranger',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'A shell whose input and output are a connection lets the other side run anything.',
  fix: 'Remove it. There is no honest use in a skill.',
  maps: { cwe: ['CWE-506'], attack: ['T1059', 'T1095'] },
  reads: ['trait:reverse-shell'],
  check: (context) =>
    context.of('trait').map((fact) => ({
      span: fact.span,
      severity: milder('critical', fact),
      confidence: fact.certainty,
      message: fact.detail,
    })),
});
