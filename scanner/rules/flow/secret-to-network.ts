/** A secret leaves for a host that it does not belong to. */

import { coversHost } from '../../../skills-index/skill/host-name.ts';
import type { Finding } from '../../../skills-index/statement/finding.ts';
import type { FlowFact } from '../../fact.ts';
import { allowed, type Destination, destinationOf, draftOfFlow, flowsThatRun } from '../../flow-hosts.ts';
import { isProvidersHost, isSecretName, providerOf } from '../../models/secrets.ts';
import { sensitivePath } from '../../models/sensitive-paths.ts';
import { type Draft, defineRule, type RuleContext } from '../../rule.ts';

export const secretToNetwork = defineRule({
  id: 'flow/secret-to-network',
  title: 'A secret is sent to a host that it does not belong to',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'A key that reaches a stranger is the stranger\u2019s key. A secret may go to the hosts that its manifest names, and a provider\u2019s secret only to that provider.',
  fix: 'Declare the secret with its hosts in skill.json, and send it nowhere else.',
  maps: { cwe: ['CWE-200', 'CWE-522'], owasp: ['LLM02', 'ASI03'], attack: ['T1041', 'T1552.001', 'T1567'] },
  reads: ['flow'],
  revision: 1,
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): Draft[] => {
      const to = destinationOf(flow, context);
      if (to === undefined || to.loopback) return [];
      if (flow.source.what === 'file') return credentialFile(flow, to);
      const { name, what } = flow.source;
      const isSecret = isSecretName(name) || context.declared?.secret.some((one) => one.name === name) === true;
      if (what !== 'env' || name === '*' || !isSecret) return [];
      return [draftOfFlow(flow, judge(name, to, flow, context))];
    }),
});

/** The secret and the host that a finding of this rule is about; undefined when the host is not known. */
export function sentSecret({
  rule,
  message,
}: Pick<Finding, 'rule' | 'message'>): { readonly name: string; readonly host: string } | undefined {
  const [, name, host] = /^sends secret ([A-Za-z_]\w*) to ([^\s,;]+)(?=[,;]|$)/.exec(message) ?? [];
  // "whoever" and "a host that …" name none.
  return rule !== 'flow/secret-to-network' || host === 'whoever' || host === 'a' || name === undefined || host === undefined
    ? undefined
    : { name, host };
}

type Said = Parameters<typeof draftOfFlow>[1];

function judge(name: string, to: Destination, flow: FlowFact, context: RuleContext): Said {
  const declared = context.declared?.secret.find((one) => one.name === name);
  const encoded = flow.encoded ? ', encoded on the way' : '';
  if (flow.sink.capability?.kind === 'egress' && flow.sink.capability.url.startsWith('dns:')) {
    return { message: `sends secret ${name} to whoever answers for a DNS name that it is put into${encoded}` };
  }
  if (to.drop) return { message: `sends secret ${name} to ${to.said}, where anyone can collect what is sent${encoded}` };
  const provider = providerOf(name);
  if (provider !== undefined && to.host !== '*' && !isProvidersHost(name, to.host)) {
    return { message: `sends secret ${name} to ${to.said}, but it belongs to ${provider.provider}${encoded}` };
  }
  if (declared?.hosts.some((host) => coversHost(host, to.host))) {
    return { ...allowed, message: `sends secret ${name} to ${to.said}, as declared` };
  }
  if (to.host === '*') {
    return { kind: 'capability', severity: 'medium', message: `sends secret ${name} to ${to.said}` };
  }
  if (declared !== undefined) {
    return { message: `sends secret ${name} to ${to.said}; it is declared for ${declared.hosts.join(', ')}${encoded}` };
  }
  if (context.hasManifest && !to.declared) {
    return { severity: 'high', message: `sends secret ${name} to ${to.said}; skill.json declares neither${encoded}` };
  }
  const known = isProvidersHost(name, to.host) || isNamedAfter(name, to.host);
  return {
    kind: 'capability',
    severity: known && !context.hasManifest ? 'info' : 'medium',
    message: `sends secret ${name} to ${to.said}${context.hasManifest ? ', without declaring it as a secret' : ''}${encoded}`,
  };
}

/** `NCBI_API_KEY` belongs to `eutils.ncbi.nlm.nih.gov`: a part of the name is a label of the host. */
function isNamedAfter(name: string, host: string): boolean {
  const labels = host.split(/[.-]/);
  return name
    .toLowerCase()
    .split('_')
    .some(
      (part) =>
        part.length >= 3 &&
        !/^(api|key|token|secret|auth|access|app|client|the)$/.test(part) &&
        labels.some((label) => label.includes(part)),
    );
}

function credentialFile(flow: FlowFact, to: Destination): Draft[] {
  const row = sensitivePath(flow.source.name);
  if (row === undefined || !/^(credential|wallet|browser|history|process-environment|system-accounts)$/.test(row.kind)) return [];
  return [
    draftOfFlow(flow, {
      message: `sends ${row.says} (${flow.source.name}) to ${to.said}${flow.encoded ? ', encoded on the way' : ''}`,
    }),
  ];
}
