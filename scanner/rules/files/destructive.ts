/** Everything of a user or a machine is deleted or overwritten. */

import { isInText, milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const destructive = defineRule({
  id: 'files/destructive',
  title: 'A home, a whole disk or a device is destroyed',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'Deleting from / or the home folder, or writing to a disk, destroys what is not the skill’s.',
  fix: 'Delete only what the skill made, by its full name.',
  maps: { attack: ['T1485', 'T1561'] },
  reads: ['capability:mount'],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      const path = fact.capability.kind === 'mount' ? fact.capability.path : undefined;
      if (path === undefined || !(fact.traits.includes('delete') || fact.traits.includes('write')))
        return [];
      const isAll =
        fact.traits.includes('recursive') &&
        /^(\/|\/\*|~\/?|~\/\*|\/(home|usr|etc|var|root|Users)\/?\*?)$/.test(path);
      const isDevice = sensitivePath(path)?.kind === 'device';
      if (!isAll && !isDevice) return [];
      const severity = milder(isInText(fact) ? 'high' : 'critical', fact);
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${fact.api} ${isAll ? 'deletes' : 'writes to'} ${path}`,
        },
      ];
    }),
});
