/** A connection is opened without a protocol that anybody could read. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { networkPrograms } from '../../lookup-tables/network-programs.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const rawSocket = defineRule({
  id: 'network/raw-socket',
  title: 'A raw connection is opened',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'The sandbox’s proxy judges requests by method and path. It cannot read a raw socket, so a manifest cannot limit a skill that needs one.',
  fix: 'Use https through the platform’s client.',
  maps: { attack: ['T1095'] },
  reads: ['capability:egress'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      const { capability, traits, api } = fact;
      // Programs of the shell are the business of network/shell-socket.
      if (
        capability.kind !== 'egress' ||
        !traits.includes('raw-socket') ||
        api === '/dev/tcp' ||
        Object.hasOwn(networkPrograms, api)
      )
        return [];
      const { host, scheme } = parseEgressUrl(capability.url);
      if (isLoopbackHost(host) || (scheme !== 'tcp' && scheme !== 'udp')) return [];
      const to = host === '*' ? 'a host that could not be computed' : host;
      const severity = milder(isInText(fact) ? 'info' : 'low', fact);
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${api} opens a ${scheme} connection to ${to}`,
        },
      ];
    }),
});
