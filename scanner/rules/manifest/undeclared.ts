/** The skill does what its manifest does not ask for. */
import {
  type Capability,
  covers,
  listCapabilities,
  printCapability,
} from '../../../skills-index/skill/capability.ts';
import type { Severity } from '../../../skills-index/statement/finding.ts';
import type { CapabilityFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { isSecretName } from '../../lookup-tables/secret-providers.ts';
import { isBeyondManifests, isHeldAnyway } from '../../manifest/manifest.ts';
import { capabilityOf, demandsEntry, needsCapability } from '../../manifest/observed.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

export const undeclared = defineRule({
  id: 'manifest/undeclared',
  title: 'A capability is used that the manifest does not declare',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'A reviewer approves the manifest, and the sandbox enforces it. A capability that is not in it fails at run time, or was left out on purpose.',
  fix: 'Declare it in skill.json with the reason (skillgate manifest --write proposes the lines), or remove the code.',
  maps: { cwe: ['CWE-1059'], owasp: ['AST03', 'AST04'] },
  reads: ['capability'],
  check: ({ of, declared, hasManifest, commands }) => {
    const runsNothing = Object.keys(commands).length === 0;
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
    return [...places.values()].flatMap(
      ({ capability, facts: [first, ...more] }): FindingDraft[] => {
        if (first === undefined) return [];
        const asSecret = looksSecret(capability) ? ' as a secret' : '';
        const also =
          more.length === 0
            ? ''
            : ` (and in ${more.length} more ${more.length === 1 ? 'place' : 'places'})`;
        return [
          draftAt(
            first,
            `${first.api} needs ${printCapability(capability)}, which ${hasManifest ? 'skill.json does not declare' : 'nothing declares'}${asSecret}${also}`,
            {
              severity: hasManifest
                ? severityOf(capability, [first, ...more], runsNothing)
                : 'info',
              ...fixOf(capability, [first, ...more]),
            },
          ),
        ];
      },
    );
  },
});

function looksSecret(capability: Capability): boolean {
  return capability.kind === 'env' && capability.name !== '*' && isSecretName(capability.name);
}

// Where no line of a manifest could stand for it, the code is what has to change.
function fixOf(
  capability: Capability,
  places: readonly CapabilityFact[],
): Pick<FindingDraft, 'fix'> {
  if (!places.some(demandsEntry))
    return { fix: 'Nothing has to change: no command of the skill needs an entry for this.' };
  if (looksSecret(capability)) {
    return {
      fix: 'Declare it in skill.json under "secret", with the hosts that it is for and the reason, or remove the code.',
    };
  }
  if (!isBeyondManifests(capability)) return {};
  return { fix: `No manifest can declare this as it stands: ${changes[capability.kind]}` };
}

const changes = {
  env: 'name in the code each variable that is read, instead of one that is computed or all of them.',
  secret: 'name in the code each secret that is read.',
  egress:
    'write the host into the code, or take it from one variable that is named, and declare that host under "egress".',
  mount:
    'read and write below one folder at the top, such as /data, and declare it under "mount"; home and system folders are never there.',
  exec: 'name the program in the code, and declare it under "exec".',
  package: 'name the package in the code, and declare it under "packages".',
} as const satisfies Record<Capability['kind'], string>;

// A text of a skill without commands starts nothing in the sandbox, so no entry could help it.
// What the sandbox holds anyway, and what a text shows that nobody could declare (`curl "$URL"`),
// is a row: neither is a door.
function severityOf(
  capability: Capability,
  places: readonly CapabilityFact[],
  runsNothing: boolean,
): Severity {
  if (!places.some(demandsEntry)) return 'info';
  const isOnlyText = places.every(isInText);
  if (isOnlyText && runsNothing) return 'low';
  if (isHeldAnyway(capability) || (isOnlyText && isBeyondManifests(capability))) return 'low';
  const isSecret = looksSecret(capability);
  // A text without hosts around it shows how a variable is read; the secret has no place in a
  // manifest then.
  if (isSecret && isOnlyText) return 'low';
  return isSecret ? 'high' : 'medium';
}
