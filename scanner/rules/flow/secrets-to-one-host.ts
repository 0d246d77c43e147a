/** Secrets of several services go to one host. */
import type { FlowFact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { belongsTo, signsInAtProvider, wordsOf } from '../../flow/belonging.ts';
import { draftOfFlow } from '../../flow/hosts.ts';
import { type SentSecret, sentSecrets } from '../../flow/secret-flows.ts';
import { namesNoSecret, providerOf, staysAtHome } from '../../lookup-tables/secrets.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const secretsToOneHost = defineRule({
  id: 'flow/secrets-to-one-host',
  title: 'Secrets of several services are sent to one host',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'A service needs its own key only. Code that sends the keys of several services to one place collects them.',
  fix: 'Talk to each service with its own key.',
  maps: {
    cwe: ['CWE-200', 'CWE-522'],
    owasp: ['LLM02', 'ASI03'],
    attack: ['T1119', 'T1041', 'T1552'],
  },
  reads: ['flow:network', 'source'],
  check: (context) => {
    const sent = sentSecrets(context).filter(
      (one) =>
        one.to.host !== '*' &&
        !one.isDeclared &&
        !belongsTo(one.name, one.to.host) &&
        (one.flow.encoded || !signsInAtProvider(one)),
    );
    return [...Map.groupBy(sent, ({ to }) => to.host)].flatMap(([host, list]): FindingDraft[] => {
      const all = new Set(list.map(({ name }) => name));
      const known = list.filter((one) => !namesNoService(one, all));
      const others = known.filter(
        (one) => !known.some((first) => isInsteadOf(first.flow, one.flow, context.sources)),
      );
      const services = new Set(others.map(({ name }) => serviceOf(name)));
      if (services.size < 2) return [];
      const names = [...new Set(known.map(({ name }) => name))].sort();
      return [
        draftOfFlow(lastOf(list).flow, {
          message: `sends ${names.join(', ')} to ${host}: secrets of different services`,
        }),
      ];
    });
  },
});

// `API_KEY` and `PASSPHRASE` in headers say of which service they are as little as `BUY_TOKEN`, a
// currency; beside `QUOTES_API_KEY`, `API_KEY` is an alias of the same key.
function namesNoService({ name, flow }: SentSecret, all: ReadonlySet<string>): boolean {
  if (providerOf(name) !== undefined || staysAtHome(name)) return false;
  return (
    (flow.sink.part !== 'body' && wordsOf(name).length === 0) ||
    namesNoSecret(name) ||
    [...all].some((other) => other !== name && other.endsWith(`_${name}`))
  );
}

// `CRM_TOKEN` and `CRM_SECRET` are of one service, and so are an access key and its secret.
function serviceOf(name: string): string {
  return providerOf(name)?.provider ?? wordsOf(name)[0] ?? name;
}

// `env("BUS_KEY") or env("TRAM_KEY")` reads two names of one key, and sends one of them.
function isInsteadOf(first: FlowFact, second: FlowFact, sources: readonly TaintSource[]): boolean {
  const [a] = first.steps;
  const [b] = second.steps;
  if (a === undefined || b === undefined || a === b || a.span.path !== b.span.path) return false;
  if (a.span.start < b.span.start && b.span.end <= a.span.end) return true;
  const gap = b.span.start - a.span.end;
  if (gap <= 0 || gap > alternativeGapMax) return false;
  const text = sources.find(({ path }) => path === a.span.path)?.text ?? '';
  return /^[\s)"'`]*(or|\|\||\?\?)[\s("'`]*$/.test(text.slice(a.span.end, b.span.start));
}

const alternativeGapMax = 80;

function lastOf(list: readonly SentSecret[]): SentSecret {
  return list.reduce((last, sent) => (sent.flow.span.start > last.flow.span.start ? sent : last));
}
