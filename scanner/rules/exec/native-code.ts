/** Machine code is loaded into the process. */

import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const nativeCode = defineRule({
  id: 'exec/native-code',
  title: 'Native code is loaded',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A shared library or WebAssembly module has all rights of the process, and no source in the skill shows what it does.',
  fix: 'Use a package from a registry, by name and version, or do without.',
  maps: { cwe: ['CWE-829'], owasp: ['ASI05'], attack: ['T1129'] },
  reads: ['trait:native'],
  check: (context) =>
    draftsOfTrait(context, 'native', (fact) => ({
      message: `${fact.api} loads machine code${/^(…|\*|)$/.test(fact.detail) ? '' : ` from ${fact.detail}`}`,
    })),
});
