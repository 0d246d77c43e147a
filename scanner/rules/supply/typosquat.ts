/** A package is named almost like one that everybody knows. */

import { ecosystems } from '../../../skills-index/skill/ecosystem.ts';
import { requiredName } from '../../../skills-index/skill/manifest-packages.ts';
import { runs } from '../../fact/standing.ts';
import { listedRequirements } from '../../ingest/requirements.ts';
import { lookAlikeOf, popularPackages } from '../../lookup-tables/import-packages.ts';
import { manifestSpan } from '../../manifest/places.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const typosquat = defineRule({
  id: 'supply/typosquat',
  title: 'A package named almost like a popular one',
  kind: 'malice',
  severity: 'medium',
  confidence: 'folded',
  why: 'Packages one letter away from a popular one are a common way to bring code onto machines: reqeusts, expres, djang0.',
  fix: 'Check the name. If it is the right one, say in the description what the package is.',
  maps: { cwe: ['CWE-1357', 'CWE-494'], owasp: ['ASI04', 'AST02'], attack: ['T1195.001'] },
  reads: ['dependency:install', 'dependency:declared', 'source'],
  check: (context) => [
    ...context.of('dependency').flatMap((fact) => {
      if ((fact.how !== 'install' && fact.how !== 'declared') || !runs(fact)) return [];
      return draftOf(fact.span, fact.manager, fact.name);
    }),
    ...requiredInManifest(context),
    ...listedRequirements(context.sources).flatMap(({ span, name }) => draftOf(span, 'pip', name)),
  ],
});

// The author chose these packages. The other packages of a lock come with them.
function requiredInManifest({ packages, sources }: Pick<RuleContext, 'packages' | 'sources'>) {
  return ecosystems.flatMap((ecosystem) =>
    (packages[ecosystem]?.requires ?? []).flatMap((requirement) => {
      const name = requiredName(ecosystem, requirement) ?? '';
      const span = manifestSpan(sources, { kind: 'package', ecosystem, name });
      return draftOf(span, ecosystem === 'python' ? 'pip' : 'npm', name);
    }),
  );
}

function draftOf(span: FindingDraft['span'], manager: string, written: string): FindingDraft[] {
  if (manager !== 'npm' && manager !== 'pip') return [];
  const name = written.toLowerCase().replace(/\[.*$/, '');
  const like = lookAlikeOf(
    manager === 'pip' ? name.replaceAll('_', '-') : name,
    popularPackages[manager],
  );
  return like === undefined
    ? []
    : [{ span, message: `the ${manager} package ${written} is named almost like ${like}` }];
}
