/** What was said in an agent's earlier sessions is read. */

import { isInText, milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const agentHistory = defineRule({
  id: 'files/agent-history',
  title: 'An agent’s earlier sessions are read',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Transcripts hold everything that was pasted or read in any project: code, mails, keys. A skill for one task does not need the others.',
  fix: 'Work with what the user gives you in this session. A tool about sessions says so in its description, and a person decides.',
  maps: { cwe: ['CWE-552'], owasp: ['LLM02', 'ASI06'], attack: ['T1005', 'T1213'] },
  reads: ['capability:mount', 'capability:egress'],
  check: ({ of }) => {
    const capabilities = of('capability');
    // What never leaves the machine is read in the same session that asked for it.
    const usual = capabilities.some(({ capability }) => capability.kind === 'egress')
      ? 'medium'
      : 'low';
    return capabilities.flatMap((fact): FindingDraft[] => {
      const path = fact.capability.kind === 'mount' ? fact.capability.path : undefined;
      if (path === undefined || sensitivePath(path)?.kind !== 'agent-history') return [];
      const severity = milder(isInText(fact) ? 'low' : usual, fact);
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${fact.api} uses ${path}: what was said in an agent’s sessions`,
        },
      ];
    });
  },
});
