/** A powerful function is handed on, so that nobody sees who calls it with what. */

import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const handedOn = defineRule({
  id: 'exec/handed-on',
  title: 'A powerful function is passed on',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'A function that starts programs or runs code is stored, wrapped or passed to unknown code. The scan cannot follow its arguments.',
  fix: 'Call the function by its name where it is needed.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI05'], attack: ['T1027'] },
  reads: ['trait:escape', 'trait:folded-name', 'trait:decode-to-code'],
  check: (context) => {
    // Beside decoded code or hidden names it is one more way of hiding.
    const hides = new Set(
      context
        .of('trait')
        .filter((fact) => fact.trait !== 'escape')
        .map((fact) => fact.span.path),
    );
    return draftsOfTrait(context, 'escape', (fact) => ({
      severity: hides.has(fact.span.path) ? 'medium' : 'low',
      message: `${fact.api} is handed on: what it is called with is not seen`,
    }));
  },
});
