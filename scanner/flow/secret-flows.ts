/** Secrets that reach the network: shared by the rules on them. */
import { coversHost } from '../../skills-index/network/host-name.ts';
import type { FlowFact } from '../fact/fact.ts';
import { isSecretName, namesNoSecret } from '../lookup-tables/secret-providers.ts';
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
  const answers = context
    .of('flow')
    .filter(({ source, sink }) => source.what === 'network' && sink.part === 'host');
  const ofVariables = context
    .of('flow')
    .filter(({ source }) => source.what === 'env' && source.name !== '*');
  return flowsThatRun(ofVariables).flatMap((flow): SentSecret[] => {
    const { name } = flow.source;
    const declared = context.declared?.secret.find((secret) => secret.name === name);
    if (!isSecretName(name) && declared === undefined) return [];
    // `?buyToken=$BUY_TOKEN`: what is traded stands in the address, and never signs in.
    if (declared === undefined && flow.sink.part === 'url' && namesNoSecret(name)) return [];
    // `https://api.x.example` + path: the host that is written is the one that is meant, unless an
    // answer says how it goes on.
    const isAnswered = answers.some((answer) => isSamePlace(answer, flow));
    const to = destinationOf(flow, context, isAnswered ? undefined : flow.sink.written);
    if (to === undefined || to.loopback) return [];
    return [
      {
        flow,
        name,
        to,
        isDeclared: isDeclaredFor(name, to.host, context),
      },
    ];
  });
}

/** Whether the author declared a secret for a host: a person approves the declaration. */
export function isDeclaredFor(
  name: string,
  host: string,
  { declared }: Pick<RuleContext, 'declared'>,
): boolean {
  return (
    declared?.secret.some(
      (secret) => secret.name === name && secret.hosts.some((wide) => coversHost(wide, host)),
    ) === true
  );
}

/** Whether two flows end in one request. */
export function isSamePlace(a: FlowFact, b: FlowFact): boolean {
  return a.span.path === b.span.path && a.span.start === b.span.start;
}
