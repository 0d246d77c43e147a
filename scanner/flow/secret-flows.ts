/**
 * Secrets that reach the network, and reasons why their host is right: shared by the rules on them.
 */
import { getDomain } from 'tldts';
import { coversHost } from '../../skills-index/network/host-name.ts';
import type { FlowFact } from '../fact/fact.ts';
import { isProvidersHost, isSecretName } from '../lookup-tables/secrets.ts';
import type { RuleContext } from '../rule.ts';
import { type Destination, destinationOf, flowsThatRun } from './hosts.ts';

export interface SentSecret {
  readonly flow: FlowFact;
  readonly name: string;
  readonly to: Destination;
  /** Whether the author declared this secret for this host. */
  readonly isDeclared: boolean;
}

/** Each secret variable that reaches a request or connection to another machine. */
export function sentSecrets(context: RuleContext): SentSecret[] {
  const ofVariables = context
    .of('flow')
    .filter(({ source }) => source.what === 'env' && source.name !== '*');
  return flowsThatRun(ofVariables).flatMap((flow): SentSecret[] => {
    const { name } = flow.source;
    const declared = context.declared?.secret.find((secret) => secret.name === name);
    if (!isSecretName(name) && declared === undefined) return [];
    const to = destinationOf(flow, context);
    if (to === undefined || to.loopback) return [];
    return [
      {
        flow,
        name,
        to,
        isDeclared: declared?.hosts.some((host) => coversHost(host, to.host)) === true,
      },
    ];
  });
}

/**
 * Whether a secret and a host belong together by their names: the host is the provider's, or the
 * names match.
 */
export function belongsTo(name: string, host: string): boolean {
  return isProvidersHost(name, host) || isNamedAfter(name, host);
}

/**
 * `TAVILY_API_KEY` belongs to `api.tavily.com`: a part of the name is in the registered domain.
 */
function isNamedAfter(name: string, host: string): boolean {
  const registered = getDomain(host, { allowPrivateDomains: true })?.split('.')[0];
  if (registered === undefined) return false;
  const parts = name.toLowerCase().split('_');
  return parts.some(
    (part) => part.length >= 3 && !plainParts.test(part) && registered.includes(part),
  );
}

const plainParts =
  /^(api|key|keys|token|secret|auth|access|app|client|the|user|admin|private|public|session|service|server|data|base|url|web|http|bot|dev|prod|test|id|pass|password|database)$/;

/** Whether a text of the skill mentions a host: SKILL.md or another page for readers. */
export function mentionsHost(host: string, { sources }: Pick<RuleContext, 'sources'>): boolean {
  return sources.some(
    ({ language, depth, text }) => language === 'markdown' && depth === 0 && text.includes(host),
  );
}
