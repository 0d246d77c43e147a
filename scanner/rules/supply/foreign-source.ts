/** Software comes from elsewhere than its registry. */
import { type Draft, defineRule } from '../../rule.ts';
import { isInText, runs } from '../../standing.ts';
import { isIndex } from './index-redirect.ts';

export const foreignSource = defineRule({
  id: 'supply/foreign-source',
  title: 'Software from a foreign source',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'A bare archive or a branch of a repository is not what others use under that name.',
  fix: 'Install from the registry by name and exact version; for a repository, name the commit.',
  maps: { cwe: ['CWE-494'], attack: ['T1195.002'] },
  reads: ['dependency:redirect'],
  check: (context) =>
    context.of('dependency').flatMap((fact): Draft[] => {
      if (fact.how !== 'redirect' || fact.pinned || isIndex(fact.name) || !runs(fact)) return [];
      return [
        {
          span: fact.span,
          severity: isInText(fact) ? 'low' : 'medium',
          confidence: fact.certainty,
          message: `takes ${fact.manager} software from ${fact.name}`,
        },
      ];
    }),
});
