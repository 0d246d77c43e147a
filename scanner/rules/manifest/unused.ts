/** The manifest asks for what the code never does. */
import { listCapabilities, printCapability } from '../../../skills-index/skill/capability.ts';
import { manifestSpan } from '../../manifest/places.ts';
import { defineRule } from '../../rule.ts';

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
