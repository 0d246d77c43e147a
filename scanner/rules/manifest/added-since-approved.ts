/** A new version asks for what the approved one did not. */
import {
  type Capability,
  listCapabilities,
  minus,
  printCapability,
} from '../../../skills-index/skill/capability.ts';
import { manifestSpan } from '../../manifest/places.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const addedSinceApproved = defineRule({
  id: 'manifest/added-since-approved',
  title: 'The manifest asks for more than was approved before',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Attackers gain trust with a harmless version and use it with the next: they take over a skill and add one host. The approval covers what the earlier version could do, and no more.',
  fix: 'Say in `why` what the new version needs it for. A person approves it again.',
  maps: { cwe: ['CWE-1059'], owasp: ['AST03', 'ASI04'], attack: ['T1195.002'] },
  reads: ['source'],
  check: ({ previous, declared, hasManifest, observed, sources }) => {
    if (previous === undefined) return [];
    // No approval of a skill without skill.json has packages, and the sandbox has none of them.
    const { package: _, ...used } = observed;
    const now = hasManifest && declared !== undefined ? declared : used;
    return listCapabilities(minus(now, previous)).map((capability): FindingDraft => {
      const span = hasManifest
        ? manifestSpan(sources, capability)
        : { path: 'SKILL.md', start: 0, end: 0 };
      return {
        span,
        severity: capability.kind === 'env' ? 'low' : 'medium',
        message: `${printCapability(capability)} is new${wasNarrower(capability, listCapabilities(previous))}`,
      };
    });
  },
});

// The same host, program or name with less of it.
function wasNarrower(capability: Capability, before: readonly Capability[]): string {
  const same = before.find(
    (other) => other.kind === capability.kind && keyOf(other) === keyOf(capability),
  );
  return same === undefined ? '' : `; approved was ${printCapability(same)}`;
}

function keyOf(capability: Capability): string {
  switch (capability.kind) {
    case 'env':
    case 'secret':
      return capability.name;
    case 'egress':
      return capability.url.replace(/^(\w+:\/\/[^/]+).*$/, '$1');
    case 'mount':
      return capability.source ?? capability.path ?? '';
    case 'exec':
      return capability.program;
    case 'package':
      return `${capability.ecosystem} ${capability.name}`;
  }
}
