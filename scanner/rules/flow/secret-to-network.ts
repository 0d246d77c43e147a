/** A secret leaves for a host that it does not belong to. */
import type { Finding } from '../../../skills-index/statement/finding.ts';
import { isInText } from '../../fact/standing.ts';
import {
  belongsTo,
  isExplainedByPage,
  isNamedAfter,
  mentionsDomain,
  signsInAtProvider,
} from '../../flow/belonging.ts';
import { allowed, draftOfFlow } from '../../flow/hosts.ts';
import { type SentSecret, sentSecrets } from '../../flow/secret-flows.ts';
import { isProvidersHost, providerOf } from '../../lookup-tables/secrets.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const secretToNetwork = defineRule({
  id: 'flow/secret-to-network',
  title: 'A secret is sent to a host that it does not belong to',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'A key that reaches a stranger is the stranger\u2019s key. A secret may go to the hosts that its manifest names, and a provider\u2019s secret only to that provider.',
  fix: 'Declare the secret with its hosts in skill.json, and send it nowhere else.',
  maps: {
    cwe: ['CWE-200', 'CWE-522'],
    owasp: ['LLM02', 'ASI03'],
    attack: ['T1041', 'T1552.001', 'T1567'],
  },
  reads: ['flow:network', 'source'],
  check: (context) =>
    sentSecrets(context).flatMap((sent): FindingDraft[] => {
      const judged = judge(sent, context);
      return judged === undefined ? [] : [draftOfFlow(sent.flow, judged)];
    }),
});

/**
 * The secret and the host that a finding of this rule is about; undefined when the host is not
 * known.
 */
export function sentSecret({
  rule,
  message,
}: Pick<Finding, 'rule' | 'message'>):
  | { readonly name: string; readonly host: string }
  | undefined {
  const [, name, host] = /^sends secret ([A-Za-z_]\w*) to ([^\s,;]+)(?=[,;]|$)/.exec(message) ?? [];
  // "whoever" and "a host that …" name none.
  return rule !== 'flow/secret-to-network' ||
    host === 'whoever' ||
    host === 'a' ||
    name === undefined ||
    host === undefined
    ? undefined
    : { name, host };
}

type Said = Parameters<typeof draftOfFlow>[1];

function judge(sent: SentSecret, context: RuleContext): Said | undefined {
  const { name, to, flow, isDeclared } = sent;
  const encoded = flow.encoded ? ', encoded on the way' : '';
  if (flow.sink.capability?.kind === 'egress' && flow.sink.capability.url.startsWith('dns:')) {
    return {
      message: `sends secret ${name} to whoever answers for a DNS name that it is put into${encoded}`,
    };
  }
  if (to.drop)
    return {
      message: `sends secret ${name} to ${to.said}, where anyone can collect what is sent${encoded}`,
    };
  // Where a secret may go that is sent to a host of nobody's knowledge is the business of
  // flow/secret-to-computed-host.
  if (to.host === '*') return undefined;
  const provider = providerOf(name);
  if (provider !== undefined && !isProvidersHost(name, to.host) && !isOwnInstance(sent)) {
    const message = `sends secret ${name} to ${to.said}, but it belongs to ${provider.provider}${encoded}`;
    // The code mixes up two services. Neither tells the other's keys to whoever wrote the code.
    if (signsInAtProvider(sent) && !flow.encoded)
      return { kind: 'capability', severity: context.hasManifest ? 'medium' : 'low', message };
    // `api.twitterapi.io` with a key called TWITTER_API_KEY: another company, or somebody who wants
    // to look like the right one.
    const isAlike = isNamedAfter(name, to.host) && flow.sink.part !== 'body';
    return isAlike && !context.hasManifest && mentionsDomain(to.host, context)
      ? { kind: 'capability', severity: 'medium', message }
      : { message };
  }
  if (isDeclared) return { ...allowed, message: `sends secret ${name} to ${to.said}, as declared` };
  const declared = context.declared?.secret.find((secret) => secret.name === name);
  if (declared !== undefined) {
    return {
      message: `sends secret ${name} to ${to.said}; it is declared for ${declared.hosts.join(', ')}${encoded}`,
    };
  }
  // No entry could help a text of a skill that starts nothing in the sandbox.
  const runsNothing = Object.keys(context.commands).length === 0;
  if (runsNothing && isInText(flow) && isExplained(sent))
    return {
      kind: 'capability',
      severity: 'info',
      message: `sends secret ${name} to ${to.said}${encoded}`,
    };
  if (context.hasManifest && !to.declared) {
    return {
      severity: 'high',
      message: `sends secret ${name} to ${to.said}; skill.json declares neither${encoded}`,
    };
  }
  return {
    kind: 'capability',
    severity: context.hasManifest
      ? 'medium'
      : isExplained(sent)
        ? 'info'
        : isExplainedByPage(sent, context)
          ? 'low'
          : 'medium',
    message: `sends secret ${name} to ${to.said}${context.hasManifest ? ', without declaring it as a secret' : ''}${encoded}`,
  };
}

// Of what many run themselves any host may be the right one, as long as the secret signs in there
// rather than being what is told.
function isOwnInstance({ name, flow }: SentSecret): boolean {
  return providerOf(name)?.selfHosted === true && flow.sink.part !== 'body';
}

// A key under a name of the user's own choice that signs in to a well-known service stays between
// the user and that service.
function isExplained({ name, to, flow }: SentSecret): boolean {
  return belongsTo(name, to.host) || signsInAtProvider({ to, flow });
}
