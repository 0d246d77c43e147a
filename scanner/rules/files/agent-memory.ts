/** An agent’s memory, instructions or settings are written. */
import { sensitivePath } from '../../models/sensitive-paths.ts';
import { type Draft, defineRule } from '../../rule.ts';
import { isInText, milder } from '../../standing.ts';

export const agentMemory = defineRule({
  id: 'files/agent-memory',
  title: 'An agent’s memory or settings are changed',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'What stands in an agent’s memory, instructions and settings is obeyed in every later session, long after the skill is gone.',
  fix: 'Give the text to the user to add. A skill’s own instructions belong in SKILL.md.',
  maps: { owasp: ['ASI06'], attack: ['AML.T0080', 'AML.T0081'] },
  reads: ['capability:mount'],
  check: (context) =>
    context.of('capability').flatMap((fact): Draft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.path === undefined || capability.mode === 'ro') return [];
      const found = sensitivePath(capability.path);
      if (found === undefined || !/^agent-/.test(found.kind)) return [];
      // In the working directory it is the project's own file, which a person sees change.
      const isOutside = /^[~/]|^\.\./.test(capability.path) && !capability.path.startsWith('/skills/@self/');
      const severity = milder(isOutside && !isInText(fact) ? 'high' : 'medium', fact);
      return [
        {
          span: fact.span,
          kind: isOutside ? 'malice' : 'capability',
          severity,
          confidence: fact.certainty,
          message: `${fact.api} writes ${capability.path}: ${found.says}`,
        },
      ];
    }),
});
