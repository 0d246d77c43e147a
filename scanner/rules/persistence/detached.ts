/** A process is started that goes on when the skill has ended. */

import { isInText } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const detached = defineRule({
  id: 'persistence/detached',
  title: 'A process stays after the run',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A detached process goes on after the answer was given. Nobody waits for it, sees its output or ends it.',
  fix: 'Wait for what you start, or say that the user should start it.',
  maps: { attack: ['T1564.011', 'T1543'] },
  reads: ['trait:detached'],
  check: (context) =>
    draftsOfTrait(context, 'detached', (fact) => ({
      severity: isInText(fact) ? 'info' : 'low',
      message: `${fact.api} starts a process that stays`,
    })),
});
