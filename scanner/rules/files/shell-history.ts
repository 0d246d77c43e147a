/** What the user typed before is read. */

import { isInText, milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const shellHistory = defineRule({
  id: 'files/shell-history',
  title: 'The history of a shell or database client is read',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Histories hold passwords that were typed on command lines, names of hosts, and ways to reach them.',
  fix: 'Ask the user for the command that you need.',
  maps: { cwe: ['CWE-552', 'CWE-532'], attack: ['T1552.003'] },
  reads: ['capability:mount'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      const path = fact.capability.kind === 'mount' ? fact.capability.path : undefined;
      if (path === undefined || sensitivePath(path)?.kind !== 'history') return [];
      // Emptying it is the business of persistence/history-off.
      if (fact.traits.includes('delete')) return [];
      const severity = milder(isInText(fact) ? 'medium' : 'high', fact);
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${fact.api} reads ${path}`,
        },
      ];
    }),
});
