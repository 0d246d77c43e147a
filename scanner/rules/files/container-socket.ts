/** The control socket of a container engine is used. */

import { isInText, milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../models/sensitive-paths.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const containerSocket = defineRule({
  id: 'files/container-socket',
  title: 'The container engine is controlled',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Whoever can speak to the engine’s socket can start a container with the whole machine in it: it is the same as being root.',
  fix: 'Remove it. What the skill needs from the machine is a mount or an exec in skill.json.',
  maps: { attack: ['T1611', 'T1610'] },
  reads: ['capability:mount'],
  check: (context) =>
    context.of('capability').flatMap((fact): Draft[] => {
      const path = fact.capability.kind === 'mount' ? fact.capability.path : undefined;
      if (path === undefined || sensitivePath(path)?.kind !== 'container-socket') return [];
      return [
        {
          span: fact.span,
          severity: milder(isInText(fact) ? 'medium' : 'high', fact),
          confidence: fact.certainty,
          message: `${fact.api} uses ${path}`,
        },
      ];
    }),
});
