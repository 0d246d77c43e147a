/** More rights are taken. */

import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const privilege = defineRule({
  id: 'exec/privilege',
  title: 'A program gets more rights',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'sudo, setuid, and containers that mount the host give a skill the whole machine.',
  fix: 'Remove it. Ask the person who runs the skill to prepare what needs these rights.',
  maps: { cwe: ['CWE-250'], attack: ['T1548'] },
  reads: ['trait:privilege'],
  check: (context) =>
    context.of('trait').flatMap((fact): FindingDraft[] => {
      if (fact.trait !== 'privilege' || !runs(fact)) return [];
      const isHost = /host/.test(fact.detail);
      const severity = isInText(fact) ? (isHost ? 'medium' : 'info') : isHost ? 'medium' : 'low';
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `takes more rights: ${fact.detail}`,
        },
      ];
    }),
});
