/** A shell’s profile is changed. */
import { sensitivePath } from '../../models/sensitive-paths.ts';
import { type Draft, defineRule } from '../../rule.ts';
import { isInText, milder } from '../../standing.ts';

export const shellProfile = defineRule({
  id: 'persistence/shell-profile',
  title: 'A shell’s profile is changed',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'What stands in a profile runs in every shell that its user opens.',
  fix: 'Print the line and let the user add it.',
  maps: { attack: ['T1546.004'] },
  reads: ['capability'],
  revision: 1,
  check: (context) =>
    context.of('capability').flatMap((fact): Draft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.path === undefined || capability.mode === 'ro') return [];
      if (sensitivePath(capability.path)?.kind !== 'shell-profile') return [];
      const inText = isInText(fact);
      return [
        {
          span: fact.span,
          kind: inText ? 'capability' : 'malice',
          severity: milder(inText ? 'medium' : 'high', fact),
          confidence: fact.certainty,
          message: `${fact.api} writes ${capability.path}, which every new shell runs`,
        },
      ];
    }),
});
