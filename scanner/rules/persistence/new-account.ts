/** An account is added, or gets more rights. */

import { isInText } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const newAccount = defineRule({
  id: 'persistence/new-account',
  title: 'An account is added or raised',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'An account stays open: whoever knows it comes back without the skill.',
  fix: 'Let the operator create accounts.',
  maps: { cwe: ['CWE-250'], attack: ['T1136.001', 'T1098'] },
  reads: ['trait:new-account'],
  check: (context) =>
    draftsOfTrait(context, 'new-account', (fact) => ({
      severity: isInText(fact) ? 'info' : 'medium',
      message: fact.detail,
    })),
});
