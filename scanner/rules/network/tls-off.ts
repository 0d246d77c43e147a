/** TLS certificates are not checked. */

import { runs } from '../../fact/standing.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const tlsOff = defineRule({
  id: 'network/tls-off',
  title: 'TLS is switched off',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Without the check of certificates everybody on the way can read and change the data.',
  fix: 'Leave the check on. For a private authority, provide its certificate.',
  maps: { cwe: ['CWE-295'] },
  reads: ['capability', 'trait'],
  check: (context) => [
    ...context
      .of('capability')
      .filter((fact) => fact.traits.includes('tls-off') && runs(fact))
      .map((fact) => draftAt(fact, `${fact.api} does not check the other side’s certificate`)),
    ...context
      .of('trait')
      .filter(
        (fact) =>
          (fact.trait === 'tls-off' || fact.api === 'NODE_TLS_REJECT_UNAUTHORIZED') && runs(fact),
      )
      .map((fact) => draftAt(fact, `${fact.api} switches the check of certificates off`)),
  ],
});
