/** Files outside of the skill's and the project's folders are read. */
import type { CapabilityFact } from '../../fact/fact.ts';
import { runs } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { needsCapability } from '../../manifest/observed.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const outsideRead = defineRule({
  id: 'files/outside-read',
  title: 'Files outside of the working folder are read',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Files in the home folder or the system belong to the user and to other programs. In the sandbox such a path does not exist.',
  fix: 'Read from a mount that skill.json declares, or from a file that the user names.',
  maps: { cwe: ['CWE-22'], attack: ['T1005'] },
  reads: ['capability:mount'],
  check: ({ of }) => {
    const seen = new Set<string>();
    return of('capability').flatMap((fact): FindingDraft[] => {
      const path = outsidePath(fact);
      if (path === undefined || fact.capability.kind !== 'mount' || fact.capability.mode !== 'ro')
        return [];
      if (plainFolders.test(path) || seen.has(path)) return [];
      seen.add(path);
      return [
        { span: fact.span, confidence: fact.certainty, message: `${fact.api} reads ${path}` },
      ];
    });
  },
});

/**
 * An outside path that no other rule speaks of; undefined for what needs no capability and what
 * could not be computed.
 */
export function outsidePath(fact: CapabilityFact): string | undefined {
  const path = fact.capability.kind === 'mount' ? fact.capability.path : undefined;
  if (path === undefined || path === '*' || !runs(fact)) return undefined;
  // In the sandbox the home folder is an empty one of its own; elsewhere it is the user’s, and
  // programs keep their own things behind a dot.
  if (!needsCapability(fact) && !/^~\/[^.]/.test(path)) return undefined;
  return sensitivePath(path) === undefined ? path : undefined;
}

// What every machine has, and what programs and time zones are read from.
const plainFolders =
  /^\/(usr|bin|lib|lib64|opt|etc\/(os-release|ssl|hosts|resolv\.conf|localtime|timezone)|dev\/std|proc\/(cpuinfo|meminfo|version)|sys\/class)/;
