/** The import of a package asks the network, before anybody called a function of the package. */

import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { milder, runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const actsAtImport = defineRule({
  id: 'supply/acts-at-import',
  title: 'The import of a package asks the network',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Python runs the statements of `__init__.py` whenever a program imports the package. A library that asks a host at that time tells somebody that the package is there, and can send along what it finds, before anybody has called it.',
  fix: 'Ask the network in a function that the caller calls.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI04', 'AST02'], attack: ['T1195.002', 'T1546'] },
  reads: ['capability:egress'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      const { capability, traits, api } = fact;
      if (capability.kind !== 'egress' || !traits.includes('at-import')) return [];
      if (!runs(fact) || fact.context === 'test') return [];
      const { host } = parseEgressUrl(capability.url);
      if (isLoopbackHost(host)) return [];
      const asked = host === '*' ? 'a host that could not be computed' : host;
      return [
        {
          span: fact.span,
          confidence: fact.certainty,
          severity: milder('medium', fact),
          message: `the import of the package asks ${asked} by ${api}`,
        },
      ];
    }),
});
