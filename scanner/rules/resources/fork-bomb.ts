/** Processes are started without end. */

import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const forkBomb = defineRule({
  id: 'resources/fork-bomb',
  title: 'Processes are started without end',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A fork bomb or an endless loop of new processes stops the machine.',
  fix: 'Bound the loop, and wait for what was started.',
  maps: { attack: ['T1499'] },
  reads: ['trait:unbounded'],
  check: (context) =>
    context
      .of('trait')
      .filter((fact) => fact.trait === 'unbounded')
      .map((fact) => ({
        span: fact.span,
        severity: milder('high', fact),
        confidence: fact.certainty,
        message: fact.detail === '' ? 'starts processes without end' : fact.detail,
      })),
});
