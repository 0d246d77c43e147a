/** The control socket of a container engine is used. */

import { isInText, milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const containerSocket = defineRule({
  id: 'files/container-socket',
  title: 'The container engine is controlled',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A program that can use the engine’s socket can start a container that mounts the whole machine. This equals root.',
  fix: 'Remove it. Declare what the skill needs from the machine as a mount or an exec in skill.json.',
  maps: { attack: ['T1611', 'T1610'] },
  reads: ['capability:mount'],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
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
