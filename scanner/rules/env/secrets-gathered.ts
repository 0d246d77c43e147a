/** Secrets of services are read that the skill has nothing to do with. */

import { coversHost } from '../../../skills-index/network/host-name.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact } from '../../fact/fact.ts';
import { runs } from '../../fact/standing.ts';
import { providerOf, staysAtHome } from '../../lookup-tables/secret-providers.ts';
import { defineRule, type RuleContext } from '../../rule.ts';

export const secretsGathered = defineRule({
  id: 'env/secrets-gathered',
  title: 'Secrets of unrelated services are gathered',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'The code uses neither service, and still reads the keys of both in one place: it collects them, whatever happens to them later.',
  fix: 'Read the keys of the services that the skill uses, where it uses them.',
  maps: { cwe: ['CWE-526'], owasp: ['LLM02', 'ASI03'], attack: ['T1552', 'T1119'] },
  reads: ['capability:env', 'capability:egress', 'capability:exec', 'source'],
  check: (context) => {
    const secrets = context
      .of('capability')
      .filter((fact) => runs(fact) && serviceOf(fact) !== undefined);
    return secrets.flatMap((fact, index) => {
      const before = secrets[index - 1];
      const here = serviceOf(fact);
      const there = before === undefined ? undefined : serviceOf(before);
      if (
        before === undefined ||
        here === undefined ||
        there === undefined ||
        here === there ||
        !isNear(before, fact)
      )
        return [];
      if (isUsed(before, there, context) || isUsed(fact, here, context)) return [];
      return [
        {
          span: fact.span,
          message: `reads ${nameOf(before)} and ${nameOf(fact)} side by side, and uses neither service`,
        },
      ];
    });
  },
});

function nameOf({ capability }: CapabilityFact): string {
  return capability.kind === 'env' ? capability.name : '';
}

function serviceOf(fact: CapabilityFact): string | undefined {
  const name = nameOf(fact);
  return providerOf(name)?.provider ?? (staysAtHome(name) ? name : undefined);
}

function isNear(a: CapabilityFact, b: CapabilityFact): boolean {
  return a.span.path === b.span.path && b.span.start - a.span.end < 160;
}

// Talks to it, starts its program, or speaks of it: the check is generous, for there are many ways
// to use a service.
function isUsed(
  secret: CapabilityFact,
  service: string,
  { of, sources, name, description }: RuleContext,
): boolean {
  const word = (service.replace(/^an? /, '').split(/[ ._]/)[0] ?? service).toLowerCase();
  if (`${name} ${description}`.toLowerCase().includes(word)) return true;
  const hosts = providerOf(nameOf(secret))?.hosts ?? [];
  const talks = of('capability').some(({ capability }) => {
    if (capability.kind === 'exec') return capability.program.toLowerCase().includes(word);
    if (capability.kind !== 'egress') return false;
    const { host } = parseEgressUrl(capability.url);
    return (
      host === '*' || host.includes(word) || hosts.some((pattern) => coversHost(pattern, host))
    );
  });
  return (
    talks ||
    sources.some(({ text }) =>
      new RegExp(`(import|from|require\\()\\s*['"]?@?[\\w/-]{0,30}${word}`, 'i').test(text),
    )
  );
}
