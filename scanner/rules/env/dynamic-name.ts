/** A variable is read whose name is computed. */

import { runs } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const dynamicName = defineRule({
  id: 'env/dynamic-name',
  title: 'An environment variable is read by a computed name',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'The name of the variable is known only at run time. It can be any secret, and no manifest can name it.',
  fix: 'Write each variable’s name in the code, one line each.',
  maps: { cwe: ['CWE-526'], owasp: ['AST03'], attack: ['T1082'] },
  reads: ['capability:env'],
  check: ({ of }) =>
    of('capability').flatMap((fact) => {
      const { capability, traits, api } = fact;
      if (
        capability.kind !== 'env' ||
        capability.name !== '*' ||
        traits.includes('whole-env') ||
        !runs(fact)
      )
        return [];
      return [
        { span: fact.span, message: `${api} reads a variable whose name could not be computed` },
      ];
    }),
});
