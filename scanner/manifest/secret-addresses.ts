/**
 * Requests to an address that is a secret: they go where the manifest says that such addresses lie,
 * and the proxy lets them go nowhere else.
 */
import { coversHost } from '../../skills-index/network/host-name.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import type { Fact, FlowFact, Span } from '../fact/fact.ts';
import { anyEgress } from '../lookup-tables/egress-of.ts';

/** The facts with the declared address in the place of any host. */
export function atSecretAddresses(
  facts: readonly Fact[],
  declared: Capabilities | undefined,
): readonly Fact[] {
  const secrets = declared?.secret.filter(({ as }) => as === 'address') ?? [];
  const urls = new Map(
    secrets.flatMap(({ hosts, name }) => {
      const found = declared?.egress.find(({ url }) =>
        hosts.some((host) => coversHost(parseEgressUrl(url).host, host)),
      );
      return found === undefined ? [] : [[name, found.url] as const];
    }),
  );
  if (urls.size === 0) return facts;
  const places = new Map<string, string>();
  for (const fact of facts) {
    const url = urlOfHost(fact, urls);
    if (url !== undefined) places.set(printSpan(fact.span), url);
  }
  // Where something else names the host, too, the host is not known.
  for (const fact of facts)
    if (namesHost(fact) && urlOfHost(fact, urls) === undefined) places.delete(printSpan(fact.span));
  return facts.flatMap((fact): readonly Fact[] => {
    const url = places.get(printSpan(fact.span));
    if (fact.kind === 'capability') return [{ ...fact, capability: at(fact.capability, url) }];
    if (fact.kind !== 'flow') return [fact];
    if (url !== undefined && namesHost(fact)) return [];
    const { sink, source, steps } = fact;
    const asked = places.get(printSpan(steps[0]?.span ?? fact.span));
    const isAnswer = source.what === 'network' && source.name === anyEgress && asked !== undefined;
    return [
      {
        ...fact,
        source: isAnswer ? { ...source, name: asked } : source,
        sink: sink.capability ? { ...sink, capability: at(sink.capability, url) } : sink,
      },
    ];
  });
}

function namesHost(fact: Fact): fact is FlowFact {
  return fact.kind === 'flow' && fact.sink.part === 'host';
}

function urlOfHost(fact: Fact, urls: ReadonlyMap<string, string>): string | undefined {
  return namesHost(fact) && fact.source.what === 'env' ? urls.get(fact.source.name) : undefined;
}

function at<One extends { readonly kind: string }>(capability: One, url: string | undefined): One {
  const isOpen = 'url' in capability && capability.url === anyEgress;
  return isOpen && url !== undefined ? { ...capability, url } : capability;
}

function printSpan({ end, path, start }: Span): string {
  return `${path}:${start}-${end}`;
}
