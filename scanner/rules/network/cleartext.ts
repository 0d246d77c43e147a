/** A request goes unencrypted. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isInText, milder, milderInText, runs } from '../../fact/standing.ts';
import { draftOfFlow } from '../../flow/hosts.ts';
import { sentSecrets } from '../../flow/secret-flows.ts';
import { isAddress, isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

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
    ...context.of('capability').flatMap((fact) => {
      if (
        fact.capability.kind !== 'egress' ||
        !fact.traits.includes('cleartext') ||
        !isClear(fact.capability.url) ||
        !runs(fact)
      )
        return [];
      const { host } = parseEgressUrl(fact.capability.url);
      const severity = isInText(fact) ? 'info' : 'low';
      return [draftAt(fact, `${fact.api} asks ${host} without encryption`, { severity })];
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

// A port is used that no common service has.

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
    of('capability').flatMap((fact) => {
      if (fact.capability.kind !== 'egress') return [];
      const { host, port, scheme } = parseEgressUrl(fact.capability.url);
      if (port === 0 || isLoopbackHost(host) || privateHost.test(host)) return [];
      const at = draftAt(fact, `${fact.api} connects to port ${port} of ${host}`);
      if (kitPorts.has(port)) {
        return [
          {
            ...at,
            kind: 'malice',
            severity: milderInText('medium', fact),
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
