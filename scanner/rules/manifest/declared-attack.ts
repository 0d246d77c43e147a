/** The manifest asks for what is malice, declared or not. */
import { dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import {
  type Capability,
  listCapabilities,
  printCapability,
} from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isProvidersHost, providerOf } from '../../lookup-tables/secret-providers.ts';
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

// The manifest asks for what the code never does.

export const unused = defineRule({
  id: 'manifest/unused',
  title: 'A declared capability is never used',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Every capability is an opening. One that the code does not need helps whoever takes the skill over, or talks the agent into something.',
  fix: 'Remove it from skill.json.',
  maps: { cwe: ['CWE-272'], owasp: ['LLM06', 'AST03'] },
  reads: ['source'],
  check: ({ unused: left, hasManifest, complete, sources }) =>
    hasManifest && complete
      ? listCapabilities(left).map((capability) => ({
          span: manifestSpan(sources, capability),
          message: `declares ${printCapability(capability)}, and no code was seen that uses it`,
        }))
      : [],
});

// The manifest asks for everything.

export const overBroad = defineRule({
  id: 'manifest/over-broad',
  title: 'The manifest asks for very much',
  kind: 'capability',
  severity: 'high',
  confidence: 'exact',
  why: 'A capability that covers everything declares nothing: the sandbox can deny nothing.',
  fix: 'Name the hosts, the folder, the variables and the program that are needed.',
  maps: { cwe: ['CWE-250'], owasp: ['LLM06', 'AST03'] },
  reads: ['source'],
  check: ({ declared, hasManifest, sources, files }) =>
    hasManifest && declared !== undefined
      ? listCapabilities(declared)
          .flatMap((capability) => whyBroad(capability).map((why) => ({ one: capability, why })))
          .map(({ one: capability, why }) => ({
            span: manifestSpan(sources, capability),
            ...(capability.kind === 'exec' &&
              runsOwn(capability.program, files) && { severity: 'low' as const }),
            message: `${printCapability(capability)} ${why}`,
          }))
      : [],
});

const interpreters =
  /^(sh|bash|dash|zsh|ksh|fish|python[\d.]*|node|deno|bun|perl|ruby|php|pwsh|busybox)$/;

// A skill of Python programs has what Python can do anyhow; starting one more of them adds nothing.
function runsOwn(program: string, files: ReadonlySet<string>): boolean {
  const ending = endings.find(([name]) => name.test(program))?.[1];
  return ending !== undefined && [...files].some((file) => ending.test(file));
}

const endings: readonly (readonly [RegExp, RegExp])[] = [
  [/^python[\d.]*$/, /\.py$/],
  [/^(node|deno|bun)$/, /\.[cm]?[jt]sx?$/],
  [/^(sh|bash|dash|zsh|ksh)$/, /\.(sh|bash|zsh)$/],
];

function whyBroad(capability: Capability): string[] {
  switch (capability.kind) {
    case 'package':
      return [];
    case 'env':
    case 'secret':
      return capability.name === '*' ? ['is every variable'] : [];
    case 'egress':
      return parseEgressUrl(capability.url).host === '*' ? ['is every host'] : [];
    case 'mount':
      return capability.source === 'workspace:'
        ? ['is the whole workspace']
        : capability.target === '/'
          ? ['is the whole file system']
          : [];
    case 'exec':
      return capability.program === '*'
        ? ['is every program']
        : interpreters.test(capability.program)
          ? ['runs whatever it is given']
          : [];
  }
}
