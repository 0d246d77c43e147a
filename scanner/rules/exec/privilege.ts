/** More rights are taken. */

import { isInText } from '../../fact/standing.ts';
import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

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
    draftsOfTrait(context, 'privilege', (fact) => {
      const isHost = /host/.test(fact.detail);
      const severity = isInText(fact) ? (isHost ? 'medium' : 'info') : isHost ? 'medium' : 'low';
      return { severity, message: `takes more rights: ${fact.detail}` };
    }),
});
