/** A hook is set: code that other programs run. */

import { isInText, runs } from '../../fact/standing.ts';
import { sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { staysInTemporary } from '../own-state.ts';

export const hook = defineRule({
  id: 'persistence/hook',
  title: 'A hook is set',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Hooks of git, editors and agents run on the host, outside the sandbox, each time the other program is used.',
  fix: 'Describe the hook and let the user set it.',
  maps: { attack: ['T1546'] },
  reads: ['capability:exec', 'capability:mount', 'trait:hook', 'source'],
  check: (context) => [
    ...context.of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.mode === 'ro' || !runs(fact)) return [];
      const found = sensitiveMount(fact);
      if (found?.row.kind !== 'git-hook') return [];
      if (staysInTemporary(found.path, fact, context)) return [];
      return [
        {
          span: fact.span,
          severity: isInText(fact) ? 'low' : 'medium',
          confidence: fact.certainty,
          message: `${fact.api} writes ${found.path}, which git runs`,
        },
      ];
    }),
    ...context.of('trait').flatMap((fact): FindingDraft[] => {
      if (fact.trait !== 'hook' || !runs(fact)) return [];
      // Settings that a text shows are put in place by the user; hooks of deployment tools run
      // where their project is deployed.
      const isLive = !isInText(fact) && !/\.ya?ml$/i.test(fact.span.path);
      return [
        {
          span: fact.span,
          severity: isLive ? 'medium' : 'low',
          confidence: fact.certainty,
          message: `sets a hook: ${fact.detail}`,
        },
      ];
    }),
  ],
});
