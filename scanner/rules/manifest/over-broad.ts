/** The manifest asks for everything. */
import {
  type Capability,
  listCapabilities,
  printCapability,
} from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { manifestSpan } from '../../manifest/places.ts';
import { defineRule } from '../../rule.ts';

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
