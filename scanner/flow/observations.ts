/** What a flow carries of the machine and its user. */

import type { FlowFact } from '../fact/fact.ts';
import { own } from '../lookup-tables/api.ts';
import { targetOf } from '../lookup-tables/egress-of.ts';
import {
  addressServices,
  observingFiles,
  observingPrograms,
  observingVariables,
} from '../lookup-tables/observations.ts';
import { isKnownProvider } from '../lookup-tables/secrets.ts';
import { isTenantHost } from '../lookup-tables/tenant-hosts.ts';
import type { RuleContext } from '../rule.ts';
import { mentionsHost } from './belonging.ts';
import type { Destination } from './hosts.ts';

/** The observation that a flow starts with, by an API, a program, a variable or a file. */
export function observationOf({ source }: Pick<FlowFact, 'source'>): string | undefined {
  switch (source.what) {
    case 'observed':
      return source.name;
    case 'command':
      return own(observingPrograms, source.name);
    case 'env':
      return own(observingVariables, source.name);
    case 'file':
      return own(observingFiles, source.name);
    case 'network':
      return addressServices.test(targetOf(source.name).host) ? 'address' : undefined;
    default:
      return undefined;
  }
}

/**
 * Whether the reader knows of a host: a page names it, or a well-known service has it for itself.
 */
export function isKnownToReader(
  { host }: Pick<Destination, 'host'>,
  context: RuleContext,
): boolean {
  if (host === '*') return false;
  return mentionsHost(host, context) || (isKnownProvider(host) && !isTenantHost(host));
}
