/** Files outside of the skill's and the project's folders are written or deleted. */

import { isInText } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { outsidePath } from './outside-read.ts';

export const outsideWrite = defineRule({
  id: 'files/outside-write',
  title: 'Files outside of the working folder are changed',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A change outside of the working folder outlives the task, and other programs may act on it.',
  fix: 'Write below the working folder, or into a mount that skill.json declares.',
  maps: { cwe: ['CWE-22', 'CWE-73'], attack: ['T1565'] },
  reads: ['capability:mount'],
  check: ({ of }) => {
    const seen = new Set<string>();
    return of('capability').flatMap((fact): FindingDraft[] => {
      const path = outsidePath(fact);
      if (path === undefined || fact.capability.kind !== 'mount' || fact.capability.mode === 'ro')
        return [];
      const does = fact.traits.includes('delete') ? 'deletes' : 'writes';
      if (seen.has(`${does} ${path}`)) return [];
      seen.add(`${does} ${path}`);
      // Where the system keeps its own programs and settings, a script has to have a very good
      // reason.
      const isSystem = /^\/(etc|usr|bin|sbin|boot|lib|lib64|var\/lib|System|Library)(\/|$)/.test(
        path,
      );
      const severity = isSystem && !isInText(fact) ? 'medium' : 'low';
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${fact.api} ${does} ${path}`,
        },
      ];
    });
  },
});
