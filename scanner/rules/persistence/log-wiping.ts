/** The system’s own log is told to forget. */

import { milder } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const logWiping = defineRule({
  id: 'persistence/log-wiping',
  title: 'The system’s log is cleared',
  kind: 'malice',
  severity: 'medium',
  confidence: 'exact',
  why: 'The journal, the event log and the records of logins show later what was done. The system rotates them itself. A skill that clears them also removes its own traces.',
  fix: 'Leave them. Where disk space is short, tell the operator.',
  maps: { attack: ['T1070.001', 'T1070.002'] },
  reads: ['trait:log-wiping'],
  check: (context) =>
    draftsOfTrait(context, 'log-wiping', (fact) => ({
      severity: milder('medium', fact),
      message: fact.detail,
    })),
});
