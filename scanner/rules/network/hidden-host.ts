/** A host is contacted whose name the code takes care not to show. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FactOf } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { milder, runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { textsByFile } from '../../prose/texts.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const hiddenHost = defineRule({
  id: 'network/hidden-host',
  title: 'The name of a host is hidden in the code',
  kind: 'malice',
  severity: 'high',
  confidence: 'folded',
  why: 'Code that decodes, reverses or assembles the name of a host before it contacts the host keeps readers and searches from finding it.',
  fix: 'Write the address as it is.',
  maps: { cwe: ['CWE-506'], attack: ['T1027', 'T1132.001', 'T1140'] },
  reads: ['capability:egress', 'text:comment', 'source'],
  check: (context) => {
    const found = context.of('capability').filter((fact) => runs(fact) && requests.test(fact.api));
    if (found.length === 0) return [];
    const shown = textsWithoutComments(context);
    return found.flatMap((fact): FindingDraft[] => {
      if (fact.capability.kind !== 'egress') return [];
      const { host } = parseEgressUrl(fact.capability.url);
      if (!isPublic.test(host) || isLoopbackHost(host) || isShown(host, shown)) return [];
      const severity = milder('high', fact);
      return [
        {
          span: fact.span,
          severity,
          message: `contacts ${host}, a name that stands nowhere in the code as it is`,
        },
      ];
    });
  },
});

// Calls that are given an address. Client libraries and package managers know theirs by themselves.
const requests =
  /^(fetch|curl|wget2?|http|https|xh|nc|ncat|ssh|scp|dig|nslookup|\/dev\/(tcp|udp)|WebSocket|EventSource|ws(\.WebSocket)?|(axios|got|ky|needle|superagent|request|undici|phin|node-fetch|https?|http2|net|tls|dns(\/promises)?)(\.\w+)?|(requests|httpx|aiohttp|urllib|urllib3|http\.client|socket|asyncio|websockets?)\b.*)$/;

// A name of one label is no host of the internet: it is a placeholder, or a word that a shell split
// from a list of options.
const isPublic = /[a-z][^.]{0,62}\.|\.[^.]{0,62}[a-z]/;

// Put together from `api.` and `example.com` it is not hidden: half of its labels in one piece are
// enough.
function isShown(host: string, texts: readonly string[]): boolean {
  const labels = host.split('.');
  const enough = labels.slice(-2).join('.');
  return texts.some(
    (text) =>
      text.includes(host) ||
      text.includes(enough) ||
      (labels.length > 2 && text.includes(labels.slice(0, -1).join('.'))),
  );
}

function textsWithoutComments({ sources, of }: RuleContext): string[] {
  const comments = new Map(textsByFile(of('text')).map((file) => [file[0]?.span.path, file]));
  return sources
    .filter(({ depth }) => depth === 0)
    .map((source) => withoutComments(source)(comments.get(source.path) ?? noComments));
}

const noComments: readonly FactOf<'text'>[] = [];

const withoutComments = remembered(({ text }: TaintSource) =>
  remembered((comments: readonly FactOf<'text'>[]) =>
    comments
      .reduceRight((left, { span }) => left.slice(0, span.start) + left.slice(span.end), text)
      .toLowerCase(),
  ),
);
