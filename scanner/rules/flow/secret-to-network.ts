/** A secret leaves for a host that it does not belong to. */
import type { Finding } from '../../../skills-index/statement/finding.ts';
import type { FlowFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import {
  belongsTo,
  isExplainedByPage,
  isNamedAfter,
  mentionsDomain,
  signsInAtProvider,
} from '../../flow/belonging.ts';
import { allowed, draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { type SentSecret, sentSecrets } from '../../flow/secret-flows.ts';
import { isProvidersHost, providerOf, staysAtHome } from '../../lookup-tables/secret-providers.ts';
import { defineRule, type RuleContext } from '../../rule.ts';

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
    sentSecrets(context).flatMap((sent) => {
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

// A secret leaves that is of use only here: no service asks for it.

export const localSecretToNetwork = defineRule({
  id: 'flow/local-secret-to-network',
  title: 'A key that no service asks for is sent away',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'The address of a database with its password, a key that signs sessions, a private key or a wallet’s words open things on this side. They are used here. A web service that gets one can only use it against its owner.',
  fix: 'Connect to the database, sign or decrypt on this side, and send the result.',
  maps: { cwe: ['CWE-200', 'CWE-522'], owasp: ['LLM02', 'ASI03'], attack: ['T1041', 'T1552.004'] },
  reads: ['flow:network'],
  check: (context) =>
    sentSecrets(context).flatMap(({ flow, name, to, isDeclared }) => {
      // As the host of a request it says where a database answers; so it does for a client library
      // that is given no other address.
      if (
        !staysAtHome(name) ||
        flow.sink.part === 'host' ||
        to.host === '*' ||
        !isWeb(flow.sink.capability)
      )
        return [];
      // What the author declared for this host goes there before a person\u2019s eyes:
      // flow/secret-to-network has the row.
      if (isDeclared) return [];
      const how = flow.encoded ? ', encoded on the way' : '';
      return [
        draftOfFlow(flow, {
          message: `sends ${name}, which is of use only here, to ${to.said}${how}`,
        }),
      ];
    }),
});

function isWeb(capability: Parameters<typeof draftOfFlow>[0]['sink']['capability']): boolean {
  return capability?.kind === 'egress' && /^https?:/.test(capability.url);
}

// A secret travels in the body of the same request as the user's data, to a host that nothing
// explains.

export const secretBesideData = defineRule({
  id: 'flow/secret-beside-data',
  title: 'A secret and the user\u2019s data go to an unexplained host',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A key for signing in belongs into a header for its own service. In one body with files or the output of commands, to a host that neither the key’s name nor any page of the skill mentions, it is stolen data.',
  fix: 'Send the key in a header, to the service that issued it, and say in SKILL.md which service that is.',
  maps: { cwe: ['CWE-200', 'CWE-522'], owasp: ['LLM02', 'ASI03'], attack: ['T1041', 'T1005'] },
  reads: ['flow:network', 'source'],
  check: (context) => {
    const data = flowsThatRun(
      context
        .of('flow')
        .filter(({ source, sink }) => /^(file|command)$/.test(source.what) && sink.part === 'body'),
    );
    if (data.length === 0) return [];
    return sentSecrets(context).flatMap(({ flow, name, to }) => {
      if (flow.sink.part !== 'body' || to.host === '*' || to.declared || belongsTo(name, to.host))
        return [];
      const beside = data.find((other) => isSameRequest(other, flow));
      if (beside === undefined || mentionsDomain(to.host, context)) return [];
      const what =
        beside.source.what === 'command' ? 'the output of a command' : 'the content of a file';
      return [
        draftOfFlow(flow, {
          message: `sends secret ${name} together with ${what} to ${to.said}, which nothing explains`,
        }),
      ];
    });
  },
});

function isSameRequest(a: FlowFact, b: FlowFact): boolean {
  return a.span.path === b.span.path && a.span.start === b.span.start && a.span.end === b.span.end;
}

// A secret stands in the address of a request.

export const secretInUrl = defineRule({
  id: 'flow/secret-in-url',
  title: 'A secret stands in a URL',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Addresses are written to the logs of every proxy and server on the way, and shown in errors.',
  fix: 'Send it in the header that the service documents. Where there is none, declare the secret as query:NAME, path or address.',
  maps: { cwe: ['CWE-200', 'CWE-522'], owasp: ['ASI03'], attack: ['T1552'] },
  reads: ['flow:network'],
  check: (context) =>
    sentSecrets(context).flatMap(({ flow, isDeclared, name, to }) => {
      if (
        flow.sink.part !== 'url' ||
        flow.sink.capability?.kind !== 'egress' ||
        !/^https?:/.test(flow.sink.capability.url)
      )
        return [];
      // Some services offer no other way, and then the proxy puts it there.
      const isPlaced =
        isDeclared &&
        context.declared?.secret.some(
          (secret) => secret.name === name && /^(address|path|query:.*)$/.test(secret.as),
        );
      const severity = isPlaced || belongsTo(name, to.host) ? 'info' : 'low';
      return [
        draftOfFlow(flow, {
          severity,
          message: `puts secret ${name} into the address of a request to ${to.said}`,
        }),
      ];
    }),
});
