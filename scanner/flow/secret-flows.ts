/** Secrets that reach the network: shared by the rules on them. */
import { coversHost } from '../../skills-index/network/host-name.ts';
import type { FlowFact } from '../fact/fact.ts';
import { isSecretName, namesNoSecret } from '../lookup-tables/secrets.ts';
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
    // `?buyToken=$BUY_TOKEN`: what is traded stands in the address, and never signs in.
    if (declared === undefined && flow.sink.part === 'url' && namesNoSecret(name)) return [];
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
