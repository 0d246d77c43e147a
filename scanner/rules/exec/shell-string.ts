/** Data is put into a command line that a shell reads. */

import { runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const shellString = defineRule({
  id: 'exec/shell-string',
  title: 'Data becomes part of a command line',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A shell interprets the data: a file name such as "; rm -rf ~" becomes a command.',
  fix: 'Start the program with a list of arguments (execFile, spawn, subprocess.run([...])), without a shell.',
  maps: { cwe: ['CWE-78'], owasp: ['ASI05'], attack: ['T1059'] },
  reads: ['capability:exec', 'trait:interpolated'],
  check: (context) => [
    ...context.of('capability').flatMap((fact): FindingDraft[] => {
      if (
        !fact.traits.includes('interpolated') ||
        !fact.traits.includes('shell-string') ||
        !runs(fact)
      )
        return [];
      return [
        {
          span: fact.span,
          confidence: fact.certainty,
          message: `${fact.api} hands a shell a line with data in it`,
        },
      ];
    }),
    ...context.of('trait').flatMap((fact): FindingDraft[] => {
      if (!runs(fact)) return [];
      return [
        {
          span: fact.span,
          confidence: fact.certainty,
          message: `${fact.api} hands a shell a line with data in it`,
        },
      ];
    }),
  ],
});
