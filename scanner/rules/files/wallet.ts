/** A cryptocurrency wallet's files are used. */

import { isInText, milder } from '../../fact/standing.ts';
import { sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const wallet = defineRule({
  id: 'files/wallet',
  title: 'A cryptocurrency wallet is read',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Whoever has a wallet’s file can get its content, with or without the password, and no bank takes a transfer back.',
  fix: 'Ask a wallet program to sign one transaction that the user sees. Read no key file.',
  maps: { cwe: ['CWE-552'], owasp: ['ASI03'], attack: ['T1552.004', 'T1657'] },
  reads: ['capability:mount'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      const { row: found, path } = sensitiveMount(fact) ?? {};
      if (found?.kind !== 'wallet') return [];
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
