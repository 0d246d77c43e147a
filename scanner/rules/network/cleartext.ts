/** A request goes unencrypted. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isInText, runs } from '../../fact/standing.ts';
import { draftOfFlow } from '../../flow/hosts.ts';
import { sentSecrets } from '../../flow/secret-flows.ts';
import { isAddress, isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const cleartext = defineRule({
  id: 'network/cleartext',
  title: 'A request is sent in the clear',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Everybody on the way can read and change what goes over http. A key is public after its first use, and an answer may come from somebody else.',
  fix: 'Write https.',
  maps: { cwe: ['CWE-319'], attack: ['T1557'] },
  reads: ['capability:egress', 'flow:network'],
  check: (context) => [
    ...sentSecrets(context).flatMap(({ flow, name, to }): FindingDraft[] =>
      flow.sink.capability?.kind === 'egress' && isClear(flow.sink.capability.url)
        ? [
            draftOfFlow(flow, {
              severity: 'medium',
              message: `sends secret ${name} to ${to.said} in the clear`,
            }),
          ]
        : [],
    ),
    ...context.of('capability').flatMap((fact): FindingDraft[] => {
      if (
        fact.capability.kind !== 'egress' ||
        !fact.traits.includes('cleartext') ||
        !isClear(fact.capability.url) ||
        !runs(fact)
      )
        return [];
      const { host } = parseEgressUrl(fact.capability.url);
      const severity = isInText(fact) ? 'info' : 'low';
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${fact.api} asks ${host} without encryption`,
        },
      ];
    }),
  ],
});

// Names without a dot and private addresses are of the user’s own network, and addresses are told
// of elsewhere.
function isClear(url: string): boolean {
  const { scheme, host } = parseEgressUrl(url);
  return (
    scheme === 'http' &&
    host !== '*' &&
    !isLoopbackHost(host) &&
    !isAddress(host) &&
    /\./.test(host) &&
    !/\.(local|internal|lan)$/.test(host)
  );
}
