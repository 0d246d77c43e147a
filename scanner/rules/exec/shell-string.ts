/** Data is put into a command line that a shell reads. */

import type { CapabilityFact } from '../../fact/fact.ts';
import { runs } from '../../fact/standing.ts';
import { defineRule, draftAt } from '../../rule.ts';

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
  check: ({ of }) =>
    [...of('capability').filter(isLine), ...of('trait')]
      .filter(runs)
      .map((fact) => draftAt(fact, `${fact.api} hands a shell a line with data in it`)),
});

function isLine({ traits }: CapabilityFact): boolean {
  return traits.includes('interpolated') && traits.includes('shell-string');
}
