/** All environment variables are read at once. */
import { type Draft, defineRule } from '../../rule.ts';
import { isInText, runs } from '../../standing.ts';

export const wholeEnvironment = defineRule({
  id: 'env/whole-environment',
  title: 'The whole environment is read',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'The environment holds secrets of other programs. A skill that takes all of it can hand on what it does not know itself.',
  fix: 'Read the variables you need by name, and declare them in skill.json.',
  maps: { cwe: ['CWE-200', 'CWE-526'], owasp: ['AST03'], attack: ['T1082'] },
  reads: ['capability:env'],
  revision: 1,
  check: (context) =>
    context.of('capability').flatMap((fact): Draft[] => {
      if (!fact.traits.includes('whole-env') || !runs(fact)) return [];
      if (fact.traits.includes('env-to-child'))
        return [
          { span: fact.span, severity: 'info', message: `hands every environment variable to a child process (${fact.api})` },
        ];
      return [
        {
          span: fact.span,
          severity: isInText(fact) ? 'low' : 'medium',
          message: `reads every environment variable (${fact.api})`,
        },
      ];
    }),
});
