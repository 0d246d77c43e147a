/** The skill does what its manifest does not ask for. */
import { type Capability, covers, listCapabilities, printCapability } from '../../../skills-index/skill/capability.ts';
import type { Severity } from '../../../skills-index/statement/finding.ts';
import { isBeyondManifests, isHeldAnyway } from '../../declarable.ts';
import type { CapabilityFact } from '../../fact.ts';
import { isSecretName } from '../../models/secrets.ts';
import { capabilityOf, needsCapability } from '../../observed.ts';
import { type Draft, defineRule } from '../../rule.ts';
import { isInText } from '../../standing.ts';

export const undeclared = defineRule({
  id: 'manifest/undeclared',
  title: 'A capability is used that the manifest does not declare',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'The manifest is what a reviewer approves and what the sandbox enforces. What is not in it fails at run time, or was left out on purpose.',
  fix: 'Declare it in skill.json with the reason (skill manifest --write proposes the lines), or remove the code.',
  maps: { cwe: ['CWE-1059'], owasp: ['AST03', 'AST04'] },
  reads: ['capability'],
  check: ({ of, declared, hasManifest }) => {
    const given = declared === undefined ? [] : listCapabilities(declared);
    const places = new Map<string, { capability: Capability; facts: CapabilityFact[] }>();
    for (const fact of of('capability')) {
      if (!needsCapability(fact)) continue;
      const capability = capabilityOf(fact);
      if (given.some((wide) => covers(wide, capability))) continue;
      const key = printCapability(capability);
      const known = places.get(key);
      if (known === undefined) places.set(key, { capability, facts: [fact] });
      else known.facts.push(fact);
    }
    return [...places.values()].flatMap(({ capability, facts: [first, ...more] }): Draft[] => {
      if (first === undefined) return [];
      const also = more.length === 0 ? '' : ` (and in ${more.length} more ${more.length === 1 ? 'place' : 'places'})`;
      return [
        {
          span: first.span,
          confidence: first.certainty,
          severity: hasManifest ? severityOf(capability, [first, ...more]) : 'info',
          message: `${first.api} needs ${printCapability(capability)}, which ${hasManifest ? 'skill.json does not declare' : 'nothing declares'}${also}`,
        },
      ];
    });
  },
});

// What the sandbox holds anyway, and what a text shows that nobody could declare (`curl "$URL"`), is a row: neither is a door.
function severityOf(capability: Capability, places: readonly CapabilityFact[]): Severity {
  const isOnlyText = places.every(isInText);
  if (isHeldAnyway(capability) || (isOnlyText && isBeyondManifests(capability))) return 'low';
  const isSecret = capability.kind === 'env' && isSecretName(capability.name);
  // A text without hosts around it shows how a variable is read; the secret has no place in a manifest then.
  if (isSecret && isOnlyText) return 'low';
  return isSecret ? 'high' : 'medium';
}
