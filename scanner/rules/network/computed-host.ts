/** A host is contacted that is only known when the skill runs. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const computedHost = defineRule({
  id: 'network/computed-host',
  title: 'A computed host is contacted',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'No manifest can name a host that is chosen at run time, and no reviewer can tell who will be asked: it may be inside the user’s own network.',
  fix: 'Write the hosts into the code. Where the user gives the address, check it against a list.',
  maps: { cwe: ['CWE-918'], attack: ['T1071.001'] },
  reads: ['capability:egress'],
  check: ({ of }) => {
    const seen = new Set<string>();
    return of('capability').flatMap((fact): FindingDraft[] => {
      const { capability, span, api } = fact;
      if (
        capability.kind !== 'egress' ||
        !runs(fact) ||
        parseEgressUrl(capability.url).host !== '*'
      )
        return [];
      if (seen.has(`${span.path} ${api}`)) return [];
      seen.add(`${span.path} ${api}`);
      return [
        {
          span,
          severity: isInText(fact) ? 'info' : 'low',
          message: `${api} contacts a host that could not be computed`,
        },
      ];
    });
  },
});
