/**
 * The import of a package asks the network, or starts another Python, before anybody called a
 * function of the package.
 */

import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FactOf } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { milder, runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { importsAlone, placeOf } from '../run-at-installation.ts';

export const actsAtImport = defineRule({
  id: 'supply/acts-at-import',
  title: 'The import of a package asks the network or starts another Python',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Python runs the statements of `__init__.py` whenever a program imports the package. A library that asks a host at that time tells somebody that the package is there, and can send along what it finds, before anybody has called it. Another Python that only imports a package is started for what that package does at its import.',
  fix: 'Ask the network, and start programs, in a function that the caller calls.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI04', 'AST02'], attack: ['T1195.002', 'T1546'] },
  reads: ['capability:egress', 'trait:at-import', 'source'],
  check: (context) => {
    const starts = context
      .of('trait')
      .filter((fact) => fact.trait === 'at-import' && runs(fact) && fact.context !== 'test');
    const isStarted = (source: TaintSource): boolean =>
      starts.some(({ span }) => span.path === source.file && span.start === placeOf(source));
    return [
      ...context.of('capability').flatMap(askedAtImport),
      ...context.sources
        .filter(isStarted)
        .flatMap((source) => importsAlone(source, 'import of the package', context)),
    ];
  },
});

function askedAtImport(fact: FactOf<'capability'>): FindingDraft[] {
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
}
