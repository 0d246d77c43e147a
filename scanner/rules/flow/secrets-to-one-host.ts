/** Secrets of several services go to one host. */
import { draftOfFlow } from '../../flow/hosts.ts';
import { belongsTo, type SentSecret, sentSecrets } from '../../flow/secret-flows.ts';
import { isProvidersHost, providerOf } from '../../lookup-tables/secrets.ts';
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
  reads: ['flow:network'],
  check: (context) => {
    const sent = sentSecrets(context).filter(
      ({ to, isDeclared, name }) => to.host !== '*' && !isDeclared && !isOwn(name, to.host),
    );
    return [...Map.groupBy(sent, ({ to }) => to.host)].flatMap(([host, list]): FindingDraft[] => {
      const all = new Set(list.map(({ name }) => name));
      const known = list.filter(({ name }) => !namesNoService(name, all));
      const services = new Set(known.map(({ name }) => serviceOf(name)));
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

function isOwn(name: string, host: string): boolean {
  return isProvidersHost(name, host) || belongsTo(name, host);
}

// `API_KEY` beside `QUOTES_API_KEY` is an alias of the same key, and `BUY_TOKEN` a currency.
function namesNoService(name: string, all: ReadonlySet<string>): boolean {
  if (providerOf(name) !== undefined) return false;
  return currency.test(name) || [...all].some((other) => other.endsWith(`_${name}`));
}

const currency =
  /^(BASE|BUY|DEST|DST|FROM|IN|INPUT|OUT|OUTPUT|QUOTE|SELL|SOURCE|SRC|TARGET|TO)_TOKEN$/i;

// `CRM_TOKEN` and `CRM_SECRET` are of one service, and so are an access key and its secret.
function serviceOf(name: string): string {
  return providerOf(name)?.provider ?? name.split('_')[0] ?? name;
}

function lastOf(list: readonly SentSecret[]): SentSecret {
  return list.reduce((last, sent) => (sent.flow.span.start > last.flow.span.start ? sent : last));
}
