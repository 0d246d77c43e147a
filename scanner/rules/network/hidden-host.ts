/** A host is contacted whose name the code takes care not to show. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FactOf } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { textsByFile } from '../../prose/texts.ts';
import { defineRule, draftAt, type RuleContext } from '../../rule.ts';

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
    return found.flatMap((fact) => {
      if (fact.capability.kind !== 'egress') return [];
      const { host } = parseEgressUrl(fact.capability.url);
      if (
        host.length > hostCharsMax ||
        !isPublic.test(host) ||
        isLoopbackHost(host) ||
        isShown(host, shown)
      )
        return [];
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

/** Letters of a name in the DNS (RFC 1035). */
const hostCharsMax = 253;

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

// A shell is given to whoever answers a connection.

export const reverseShell = defineRule({
  id: 'network/reverse-shell',
  title: 'A stranger gets a shell',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'A shell with a connection as input and output lets the other side run anything.',
  fix: 'Remove it. There is no honest use in a skill.',
  maps: { cwe: ['CWE-506'], attack: ['T1059', 'T1095'] },
  reads: ['trait:reverse-shell', 'source'],
  check: (context) =>
    context.of('trait').map((fact) =>
      draftAt(fact, fact.detail, {
        severity: milder(namesNobody(fact, context.sources) ? 'medium' : 'critical', fact),
      }),
    ),
});

// A page that shows the form of such a command, with a word in the place of the host, connects to
// nobody. A program can put a host there.
function namesNobody(fact: FactOf<'trait'>, sources: readonly TaintSource[]): boolean {
  if (!isInText(fact)) return false;
  const { path, start, end } = fact.span;
  const text = sources.find((source) => source.path === path)?.text ?? '';
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const behind = text.indexOf('\n', end);
  const line = text.slice(from, Math.min(behind < 0 ? text.length : behind, from + lineCharsMax));
  // What stands behind the command names no host, and a computed host may be any.
  const command = line.replace(/\s#.*$/, '');
  if (line.length >= lineCharsMax || /\/dev\/(tcp|udp)\/[\d$]/.test(command)) return false;
  return placeholder.test(command) && !anyHost.test(command);
}

const lineCharsMax = 1_000;
const placeholder =
  /\b(ATTACKER|EVIL|HACKER|KALI|LISTENER|LHOST|RHOST|TARGET|VICTIM|YOUR)([-_](IP|HOST|ADDRESS|SERVER))?\b|<[\w -]{2,30}>/;
const anyHost = /\b\d{1,3}(\.\d{1,3}){3}\b|\b[a-z0-9-]{2,60}\.[a-z]{2,12}\b(?![(\w])/i;
