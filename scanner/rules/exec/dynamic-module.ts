/** Which module is loaded is computed. */

import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const dynamicModule = defineRule({
  id: 'exec/dynamic-module',
  title: 'A module with a computed name is loaded',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'A module with a computed name can be any module: child_process, a file in the temporary folder, a package that nobody declared.',
  fix: 'Import by name, or begin the path in the skill’s own folder, as in ./plugins/NAME.js.',
  maps: { cwe: ['CWE-829'], owasp: ['ASI05'], attack: ['T1129'] },
  reads: ['trait:dynamic-import'],
  check: (context) =>
    draftsOfTrait(context, 'dynamic-import', (fact) => ({
      message: `${fact.api} loads a module whose name is computed`,
    })),
});
