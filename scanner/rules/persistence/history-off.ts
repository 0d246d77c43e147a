/** Traces of what was run are wiped. */

import { milder } from '../../fact/standing.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const historyOff = defineRule({
  id: 'persistence/history-off',
  title: 'The shell’s history is switched off',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'People keep only those commands out of the history that nobody should find later.',
  fix: 'Remove it.',
  maps: { attack: ['T1070.003'] },
  reads: ['trait:history-off'],
  check: (context) =>
    context
      .of('trait')
      .filter((fact) => fact.trait === 'history-off')
      .map((fact) =>
        draftAt(fact, `wipes what was run: ${fact.detail === '' ? fact.api : fact.detail}`, {
          severity: milder('high', fact),
        }),
      ),
});
