/** A connection to an IP address in place of a name. */

import { addressClass } from '../../../skills-index/network/network-address.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { isAddress } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

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
    return egress.flatMap(({ fact, to: { host, port, scheme } }): FindingDraft[] => {
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
      return [{ span: fact.span, severity, confidence: fact.certainty, message }];
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
