/** Files are changed under a path that is only known when the skill runs. */

import { runs } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';

export const computedPath = defineRule({
  id: 'files/computed-path',
  title: 'A path is computed, and written to or deleted',
  kind: 'capability',
  severity: 'info',
  confidence: 'widened',
  why: 'A path from an argument or a download can hold `..` or be absolute. Nobody can tell from the code which files the program writes or deletes.',
  fix: 'Resolve the path against one folder, and refuse a path outside of it.',
  maps: { cwe: ['CWE-22', 'CWE-73'] },
  reads: ['capability:mount'],
  check: ({ of }) => {
    const seen = new Set<string>();
    return of('capability').flatMap((fact) => {
      const { capability, traits, span } = fact;
      if (
        capability.kind !== 'mount' ||
        capability.path !== '*' ||
        capability.mode === 'ro' ||
        !runs(fact)
      )
        return [];
      const deletes = traits.includes('delete');
      const key = `${span.path} ${fact.api} ${deletes}`;
      // One row says it for the file: a skill that takes its paths as arguments does so all over.
      if (seen.has(key)) return [];
      seen.add(key);
      const all = deletes && traits.includes('recursive') ? ' with all that is in it' : '';
      return [
        {
          span,
          severity: deletes ? 'low' : 'info',
          message: `${fact.api} ${deletes ? 'deletes' : 'writes'} a path that could not be computed${all}`,
        },
      ];
    });
  },
});
