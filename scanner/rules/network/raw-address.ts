/** A connection to an IP address in place of a name. */
import { addressClass } from '../../../skills-index/network/network-address.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FactOf } from '../../fact/fact.ts';
import { isInText, milder, milderInText } from '../../fact/standing.ts';
import { isAddress, isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { networkPrograms } from '../../lookup-tables/network-programs.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const rawAddress = defineRule({
  id: 'network/raw-address',
  title: 'A public IP address is contacted',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Honest services have names. An address hides who is contacted, TLS cannot check it, and malware uses addresses to call home.',
  fix: 'Use the host’s name, over https, and declare it.',
  maps: { attack: ['T1571', 'T1071.001'] },
  reads: ['capability:egress'],
  check: ({ of }) => {
    const egress = of('capability').flatMap((fact) =>
      fact.capability.kind === 'egress' ? [{ fact, to: parseEgressUrl(fact.capability.url) }] : [],
    );
    // A look-up hides the address of what the same file connects to.
    const connecting = new Set(
      egress.filter(({ to }) => to.host === '*').map(({ fact }) => fact.span.path),
    );
    return egress.flatMap(({ fact, to: { host, port, scheme } }) => {
      // The libraries answer for an address themselves, and ask nobody.
      const isAsked = scheme === 'dns' && asksLibrary.test(fact.api);
      if (isAsked && !connecting.has(fact.span.path)) return [];
      const address = host.replace(/^\[|\]$/g, '');
      if (!isAddress(host) || !reachesStrangers(address)) return [];
      const message = `connects to the address ${address}${port === 0 ? '' : ` port ${port}`}`;
      const severity = milder(
        fact.context === 'test' || (isInText(fact) && fact.traits.includes('download'))
          ? 'medium'
          : 'high',
        fact,
      );
      return [draftAt(fact, message, { severity })];
    });
  },
});

const asksLibrary = /(^|\.)(getaddrinfo|gethostbyname(_ex)?|lookup)$/;

// Name servers that documentation and health checks use.
const knownResolvers = new Set(['1.1.1.1', '1.0.0.1', '8.8.8.8', '8.8.4.4', '9.9.9.9']);

// Addresses kept for documentation reach nobody today; nothing but an attack or an example has them
// in code.
function reachesStrangers(address: string): boolean {
  if (
    knownResolvers.has(address) ||
    // Nothing is sent to “this network” (RFC 1122, 3.2.1.3). `400` is read as 0.0.1.144.
    address.startsWith('0.') ||
    address === '255.255.255.255' ||
    address === '::'
  )
    return false;
  const kind = addressClass(address);
  return kind === 'public' || kind === 'reserved';
}

// The metadata service of a cloud, or an engine’s control socket, is contacted.

export const cloudMetadata = defineRule({
  id: 'network/cloud-metadata',
  title: 'Cloud credentials are asked for',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'The metadata address of a cloud machine gives the machine’s credentials to every program that asks.',
  fix: 'Remove the request. A skill gets the credentials it needs as declared secrets.',
  maps: { cwe: ['CWE-918'], attack: ['T1552.005'] },
  reads: ['capability:egress'],
  check: (context) => {
    const computed = new Set(
      context
        .of('capability')
        .filter(isComputed)
        .map(({ span }) => span.path),
    );
    return context.of('capability').flatMap((fact) => {
      if (fact.capability.kind !== 'egress') return [];
      const { host, path } = parseEgressUrl(fact.capability.url);
      const address = host.replace(/^\[|\]$/g, '');
      const isMetadata =
        addressClass(address) === 'metadata' ||
        /^(metadata\.google\.internal|metadata\.azure\.(com|internal)|instance-data)$/.test(host);
      if (!isMetadata) return [];
      const isMild =
        isInText(fact) || (describesMachine.test(path) && !computed.has(fact.span.path));
      return [
        draftAt(
          fact,
          describesMachine.test(path)
            ? `asks ${host} for ${path}, which describes the machine`
            : `asks ${host}, which hands out the machine’s credentials`,
          { severity: milder(isMild ? 'medium' : 'critical', fact) },
        ),
      ];
    });
  },
});

// A request beside it whose host is not known may ask the same service for a credential.
function isComputed({ capability }: FactOf<'capability'>): boolean {
  return capability.kind === 'egress' && parseEgressUrl(capability.url).host === '*';
}

// Whole paths of Amazon's service below which no credential lies. The token opens a session of the
// service: what is asked with the token is a request of its own.
const describesMachine =
  /^\/latest\/(api\/token|dynamic\/instance-identity\/document|meta-data\/(ami-id|instance-id|instance-type|hostname|local-hostname|local-ipv4|public-hostname|public-ipv4|placement\/(region|availability-zone)))\/?$/;

// A connection is opened without a protocol that anybody could read.

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
    of('capability').flatMap((fact) => {
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
      return [
        draftAt(fact, `${api} opens a ${scheme} connection to ${to}`, {
          severity: milderInText('low', fact),
        }),
      ];
    }),
});

// The shell itself or a bare socket program talks to another machine.

export const shellSocket = defineRule({
  id: 'network/shell-socket',
  title: 'A shell opens a connection by itself',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: '/dev/tcp, nc and similar tools move bytes in both directions without a protocol, and without a check of who answers. Attackers use them to hand out shells, and to send data where curl is watched.',
  fix: 'Use curl with an https address. To see whether a port is open, ask the service itself.',
  maps: { attack: ['T1095', 'T1059.004'] },
  reads: ['capability:egress'],
  check: ({ of }) =>
    of('capability').flatMap((fact) => {
      if (fact.capability.kind !== 'egress' || !sockets.test(fact.api)) return [];
      const { host } = parseEgressUrl(fact.capability.url);
      if (isLoopbackHost(host)) return [];
      const to = host === '*' ? 'a host that could not be computed' : host;
      return [
        draftAt(fact, `${fact.api} connects to ${to}`, { severity: milderInText('medium', fact) }),
      ];
    }),
});

const sockets = /^(\/dev\/(tcp|udp)|nc|ncat|netcat|socat|telnet|openssl)$/;
