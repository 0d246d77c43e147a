/** What is downloaded is run. */

import { dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import type { TraitFact } from '../../fact/fact.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { isAddress, isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import { defineRule, draftAt } from '../../rule.ts';
import { isKnownInstaller, isRelease } from '../installers.ts';

export const downloadAndRun = defineRule({
  id: 'exec/download-and-run',
  title: 'A download is run unseen',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Nobody scanned or approved what is fetched when the skill runs. Whoever controls the host can change it for one victim only.',
  fix: 'Put the code into the skill, or install a named version from a registry.',
  maps: { cwe: ['CWE-494'], owasp: ['ASI04'], attack: ['T1105', 'T1059.004'] },
  reads: ['trait:pipe-to-interpreter'],
  check: (context) =>
    context.of('trait').flatMap((fact) => {
      if (fact.trait !== 'pipe-to-interpreter') return [];
      const severity = severityOf(fact);
      if (severity === undefined) return [];
      const isDocumented = isKnownInstaller(fact.detail);
      const isNamed = severity === 'low' || isRelease(fact.detail);
      const kind =
        isDocumented && severity !== 'low' ? 'policy' : isNamed ? 'capability' : 'malice';
      const from = fact.detail.startsWith('https://*/') ? 'a computed address' : fact.detail;
      return [
        draftAt(
          fact,
          `${fact.api} runs what was downloaded from ${from}${isDocumented && isStep(fact) ? ', in a step that agents run by themselves' : ''}`,
          { kind, severity: milder(severity, fact) },
        ),
      ];
    }),
});

function severityOf(fact: TraitFact): 'low' | 'medium' | 'high' | 'critical' | undefined {
  const { scheme, host, path } = targetOf(fact.detail);
  if (isLoopbackHost(host)) return undefined;
  if (isAddress(host) || dropHostOf(host, path) !== undefined || scheme === 'tcp')
    return 'critical';
  if (isKnownInstaller(fact.detail)) return isStep(fact) ? 'high' : 'low';
  if (isRelease(fact.detail)) return isStep(fact) ? 'high' : 'medium';
  if (!isInText(fact)) return 'high';
  // Known installers are often written without `https://`; a person has to look.
  if (isKnownInstaller(fact.detail.replace(/^http:/, 'https:'))) return 'medium';
  // In instructions this is how much software tells people to install it: a person has to look
  // where it comes from.
  return scheme === 'https' ? 'medium' : 'high';
}

// Steps and hooks in the front matter are run when the skill is installed or loaded, without
// anybody looking and outside of any sandbox: no download is let through there, whoever offers it.
function isStep({ context, span }: TraitFact): boolean {
  return context === 'code' && /(^|\/)SKILL\.md$/i.test(span.path);
}
