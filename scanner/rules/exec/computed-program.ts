/** Which program is started is computed. */

import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const computedProgram = defineRule({
  id: 'exec/computed-program',
  title: 'A program with a computed name is started',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'The program’s name comes from a variable, an argument or a file. The scan sees that something is started, but not what.',
  fix: 'Name the program, or choose it from a table of names in the code.',
  maps: { cwe: ['CWE-78'], owasp: ['ASI05'], attack: ['T1059'] },
  reads: ['capability:exec'],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      const isComputed =
        fact.capability.kind === 'exec' &&
        fact.capability.program === '*' &&
        fact.traits.includes('dynamic-name');
      // Computed code, modules and handed-on functions have rules of their own.
      if (!isComputed || !runs(fact) || fact.traits.some((trait) => otherRules.has(trait)))
        return [];
      const message = `${fact.api === '*' ? 'a command' : fact.api} starts a program whose name is computed`;
      return [
        {
          span: fact.span,
          severity: isInText(fact) ? 'info' : 'low',
          confidence: fact.certainty,
          message,
        },
      ];
    }),
});

const otherRules: ReadonlySet<string> = new Set(['escape', 'dynamic-import', 'code-from-string']);
