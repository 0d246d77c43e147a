/** A port is used that no common service has. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const oddPort = defineRule({
  id: 'network/odd-port',
  title: 'An unusual port of another machine is contacted',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Public services answer on 443. Other ports pass filters that know only the usual ones, and some are the defaults of remote control kits.',
  fix: 'Use the service’s https address.',
  maps: { attack: ['T1571'] },
  reads: ['capability:egress'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      if (fact.capability.kind !== 'egress') return [];
      const { host, port, scheme } = parseEgressUrl(fact.capability.url);
      if (port === 0 || isLoopbackHost(host) || privateHost.test(host)) return [];
      const at = {
        span: fact.span,
        confidence: fact.certainty,
        message: `${fact.api} connects to port ${port} of ${host}`,
      };
      if (kitPorts.has(port)) {
        return [
          {
            ...at,
            kind: 'malice',
            severity: milder(isInText(fact) ? 'low' : 'medium', fact),
            message: `${at.message}, where remote control kits listen by default`,
          },
        ];
      }
      const isWeb = scheme === 'http' || scheme === 'https';
      if (!isWeb || usualPorts.has(port)) return [];
      return [{ ...at, severity: milder('low', fact) }];
    }),
});

const usualPorts = new Set([80, 443, 8000, 8080, 8443, 3000, 5000]);

/**
 * Defaults of Metasploit, Back Orifice, NetBus, old Linux kits and of IRC, by which botnets are led
 * (IANA has none of the first four for a service in use).
 */
const kitPorts = new Set([4444, 31337, 12345, 1337, 6666, 6667]);

const privateHost = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[f[cd])|\.(local|internal|lan)$/;
