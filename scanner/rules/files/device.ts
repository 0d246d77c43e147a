/** A disk, the memory or a keyboard is read as a device. */

import { isInText, milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const device = defineRule({
  id: 'files/device',
  title: 'A device or the memory of processes is read',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Below the file system no file permission applies. A raw disk holds every file, memory holds keys in use, an input device the typed keys.',
  fix: 'Read files by their names. Let a person start a tool that needs the device itself.',
  maps: { cwe: ['CWE-552'], attack: ['T1003', 'T1005', 'T1056.001'] },
  reads: ['capability:mount'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      if (
        capability.kind !== 'mount' ||
        capability.path === undefined ||
        sensitivePath(capability.path)?.kind !== 'device'
      )
        return [];
      // Writing to one is the business of files/destructive.
      if (fact.traits.includes('write') || fact.traits.includes('delete')) return [];
      const severity = milder(isInText(fact) ? 'medium' : 'high', fact);
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${fact.api} reads ${capability.path}`,
        },
      ];
    }),
});
