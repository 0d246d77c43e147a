/** A browser's cookies or stored passwords are used. */

import { isInText, milder } from '../../fact/standing.ts';
import { sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const browserData = defineRule({
  id: 'files/browser-data',
  title: 'A browser’s cookies or passwords are read',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A session cookie signs in without a password and without the second factor. A browser profile holds the cookies of every site.',
  fix: 'Let the user sign in to the one service and declare its token as a secret; for tests, start a browser with a profile of its own.',
  maps: { cwe: ['CWE-552'], owasp: ['ASI03'], attack: ['T1539', 'T1555.003'] },
  reads: ['capability:mount'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      const { row: found, path } = sensitiveMount(fact) ?? {};
      if (found?.kind !== 'browser') return [];
      const severity = milder(isInText(fact) ? 'medium' : 'high', fact);
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${fact.api} uses ${path}: ${found.says}`,
        },
      ];
    }),
});
