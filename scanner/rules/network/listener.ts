/** The skill waits for others to connect. */

import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

export const listener = defineRule({
  id: 'network/listener',
  title: 'A port is opened for others',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Whoever can reach the port can use the program behind it. In the sandbox nobody can; on a host everybody in the network may.',
  fix: 'Bind to 127.0.0.1 and end the server with the task, or write a file instead of serving it.',
  maps: { attack: ['T1571'] },
  reads: ['trait:listen'],
  check: ({ of }) =>
    of('trait').flatMap((fact): FindingDraft[] =>
      runs(fact)
        ? [
            draftAt(fact, `${fact.api} waits for connections`, {
              severity: isInText(fact) ? 'info' : 'low',
            }),
          ]
        : [],
    ),
});
