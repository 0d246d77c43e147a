/** The manifest asks for what is malice, declared or not. */

import { dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import {
  type Capability,
  listCapabilities,
  printCapability,
} from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isProvidersHost, providerOf } from '../../lookup-tables/secrets.ts';
import { manifestSpan } from '../../manifest/places.ts';
import { defineRule } from '../../rule.ts';

export const declaredAttack = defineRule({
  id: 'manifest/declared-attack',
  title: 'The manifest asks for what nobody should approve',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A declaration makes an honest wish visible. It does not make a theft honest: a provider’s key for the host of somebody else, or data for a place where strangers collect it.',
  fix: 'Name the provider’s own host for its key, and a host of your own for data.',
  maps: {
    cwe: ['CWE-522', 'CWE-200'],
    owasp: ['LLM02', 'ASI03', 'AST03'],
    attack: ['T1567', 'T1041'],
  },
  reads: ['source'],
  check: ({ declared, hasManifest, sources }) =>
    hasManifest && declared !== undefined
      ? listCapabilities(declared).flatMap((capability) =>
          whyRefused(capability).map((why) => ({
            span: manifestSpan(sources, capability),
            message: `${printCapability(capability)}: ${why}`,
          })),
        )
      : [],
});

function whyRefused(capability: Capability): string[] {
  if (capability.kind === 'egress') {
    const { host, path } = parseEgressUrl(capability.url);
    const drop = host === '*' ? undefined : dropHostOf(host, path.replace(/\*$/, ''));
    // Chats and tunnels also have honest uses: a person looks at them, as network/drop-host says.
    return drop === undefined || drop.kind === 'chat-webhook' || drop.kind === 'tunnel'
      ? []
      : [`anyone can collect what is sent to ${host}`];
  }
  if (capability.kind !== 'secret') return [];
  const provider = providerOf(capability.name);
  return capability.hosts.flatMap((host) => {
    const drop = dropHostOf(host);
    if (drop !== undefined && drop.kind !== 'chat-webhook')
      return [`anyone can collect what is sent to ${host}`];
    if (
      provider === undefined ||
      provider.selfHosted === true ||
      isProvidersHost(capability.name, host)
    )
      return [];
    return [`it belongs to ${provider.provider}, and ${host} does not`];
  });
}
