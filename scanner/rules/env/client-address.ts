/** A variable or an option sends the client of a known provider to another host. */
import { coversHost } from '../../../skills-index/network/host-name.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { clientOf } from '../../lookup-tables/client-addresses.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import {
  isPlaceholderHost,
  isPrivateHost,
  isTenantHost,
} from '../../lookup-tables/public-hosts.ts';
import { isKnownProvider } from '../../lookup-tables/secret-providers.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const clientAddress = defineRule({
  id: 'env/client-address',
  title: 'The client of a known service is sent to another host',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'OPENAI_BASE_URL, ANTHROPIC_BASE_URL and similar variables tell a client where its service is. The client then sends its key and its data there by itself, whatever file sets the variable.',
  fix: 'Leave the address as it is, or let a reviewer approve the other one: say in SKILL.md whose server it is.',
  maps: { cwe: ['CWE-15', 'CWE-522'], attack: ['T1567'] },
  reads: ['source', 'text:comment'],
  check: (context) =>
    context.sources.flatMap((source) => {
      const seen = new Set<string>();
      return addressesIn(source).flatMap(({ sets, draft }) => {
        if (isComment(source, draft.span.start, context) || seen.has(sets)) return [];
        seen.add(sets);
        return [draft];
      });
    }),
});

interface SetAddress {
  /** The variable or option and the host. */
  readonly sets: string;
  readonly draft: FindingDraft;
}

const addressesIn = remembered(({ path, text, depth }: TaintSource): readonly SetAddress[] => {
  if (depth > 0 || !mayHaveAddress(text)) return [];
  return [...text.matchAll(addressSet)].flatMap((match): SetAddress[] => {
    const [whole, name = '', url, bare = ''] = match;
    const host = (url ?? bare).toLowerCase();
    const provider = clientOf(name);
    if (provider === undefined || isUsual(host, provider.hosts)) return [];
    const span = { path, start: match.index, end: match.index + whole.length };
    const message = `sends the client of ${provider.provider} to ${host} by ${name}`;
    return [{ sets: `${name} ${host}`, draft: { span, message } }];
  });
});

// The pattern tries each word, and each match has one of these.
function mayHaveAddress(text: string): boolean {
  return text.includes('://') || text.includes('_HOST');
}

function isUsual(host: string, own: readonly string[]): boolean {
  return (
    own.some((pattern) => coversHost(pattern, host)) ||
    (isKnownProvider(host) && !isTenantHost(host)) ||
    isLoopbackHost(host) ||
    isPrivateHost(host) ||
    isPlaceholderHost(host)
  );
}

function isComment(
  { path, text, language }: TaintSource,
  at: number,
  { of }: RuleContext,
): boolean {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  const isMarked = language !== 'markdown' && /^\s*(?:#|\/\/|;|\*|--\s|REM\s)/i.test(before);
  return (
    isMarked ||
    of('text').some(({ span }) => span.path === path && span.start <= at && at < span.end)
  );
}

// The name, a sign that gives it a value in some language, and an address that is written out.
const sign = [
  String.raw`\s{1,4}(?:to|as|is|or)\s{1,4}`,
  String.raw`\s{0,4}(?:\?\?=?|\|\|=?|:[=-]?|\??=(?!=)|,)\s{0,4}`,
  String.raw`,?\s{1,40}["']?value["']?\s{0,4}[:=]\s{0,4}`,
  String.raw`\s{1,4}`,
].join('|');
const addressSet = new RegExp(
  String.raw`(?<![\w$-])(-{0,2}(?:[A-Z][A-Z\d_]{2,50}|[a-z][a-z\d]{1,20}(?:-[a-z\d]{1,20}){1,4}))["'\x60\])}]{0,3}(?:${sign})["'\x60(<]{0,3}(?:(?:https?|wss?):\/\/([a-z\d][a-z\d.-]{2,200})|((?<=_HOST["']?[\s:=]{1,4}["']?)(?:[a-z\d-]{1,60}\.){1,5}[a-z]{2,20}))(?=[:/"'\x60\s<>),;}\]]|$)`,
  'g',
);
