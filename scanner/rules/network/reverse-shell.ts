/** A shell is given to whoever answers a connection. */

import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const reverseShell = defineRule({
  id: 'network/reverse-shell',
  title: 'A stranger gets a shell',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'A shell with a connection as input and output lets the other side run anything.',
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
