/** A client library talks to its service, whose host stands nowhere in the code. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { isPlaceholderHost, isTenantHost } from '../../lookup-tables/public-hosts.ts';
import { isKnownProvider } from '../../lookup-tables/secret-providers.ts';
import { npmServices, pythonServices } from '../../lookup-tables/service-hosts.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const serviceClient = defineRule({
  id: 'network/service-client',
  title: 'A library talks to its own service',
  kind: 'capability',
  severity: 'info',
  confidence: 'exact',
  why: 'A client library knows its host, so the code shows no address. When its base address is changed, another host gets the key and the data.',
  fix: 'Declare the host in skill.json. Leave the base address as it is, or let a reviewer approve the other one: say in SKILL.md whose server it is.',
  maps: { attack: ['T1567'] },
  reads: ['capability:egress'],
  check: ({ of }) => {
    const seen = new Set<string>();
    return of('capability').flatMap((fact) => {
      const usual = fact.capability.kind === 'egress' ? usualHost(fact.api) : undefined;
      if (usual === undefined || fact.capability.kind !== 'egress') return [];
      if (fact.context === 'comment') return [];
      const { host } = parseEgressUrl(fact.capability.url);
      const isElsewhere =
        usual !== '*' && host !== '*' && !`.${host}`.endsWith(`.${usual.replace(/^\*\./, '')}`);
      const severity = isElsewhere ? gravityOf(host) : 'info';
      // The words around a block that is only shown are written easily (decision 82).
      if (!runs(fact) && severity !== 'medium') return [];
      const key = `${fact.span.path} ${fact.api} ${host}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const message = isElsewhere
        ? `${fact.api} is made to talk to ${host} in place of ${usual}`
        : `${fact.api} talks to ${host === '*' ? 'a host that its options say' : host}`;
      return [draftAt(fact, message, { severity })];
    });
  },
});

// The library reads its key by itself and sends it there. A server of the user's own, a place for
// the user's own address, and a well-known service are usual. A declaration changes nothing: the
// key belongs to the library's own service.
function gravityOf(host: string): 'low' | 'medium' {
  const isProvider = isKnownProvider(host) && !isTenantHost(host);
  return isProvider || isLoopbackHost(host) || isPlaceholderHost(host) ? 'low' : 'medium';
}

const npmEndings = Object.entries(npmServices).flatMap(([name, host]) =>
  name.endsWith('*') ? [{ begin: name.slice(0, -1), host }] : [],
);

function usualHost(api: string): string | undefined {
  if (Object.hasOwn(pythonServices, api)) return pythonServices[api];
  const name = Object.keys(npmServices).find(
    (key) => api === key || api.startsWith(`${key}.`) || api.startsWith(`${key}#`),
  );
  if (name !== undefined && !name.endsWith('*')) return npmServices[name];
  return npmEndings.find(({ begin }) => api.startsWith(begin))?.host;
}
