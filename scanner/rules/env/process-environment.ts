/** The environment of a process is read by way of the system. */
import type { CapabilityFact, TraitFact } from '../../fact/fact.ts';
import { milder } from '../../fact/standing.ts';
import { pathsOfKind } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

export const processEnvironment = defineRule({
  id: 'env/process-environment',
  title: 'A process’s environment is read from the system',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Code that reads the environment through /proc or the process table avoids every check of which variables are read, and reaches secrets of other programs.',
  fix: 'Read the variables you need by name.',
  maps: { cwe: ['CWE-200'], attack: ['T1552', 'T1057'] },
  reads: ['capability:mount', 'trait:process-environment'],
  check: ({ of }) => [
    ...pathsOfKind('process-environment', of('capability')).map(({ fact, path }) =>
      draftOf(fact, `reads ${path}`),
    ),
    ...of('trait').map((fact) =>
      draftOf(fact, `lists other processes with their environment: ${fact.detail}`),
    ),
  ],
});

function draftOf(fact: CapabilityFact | TraitFact, message: string): FindingDraft {
  return draftAt(fact, message, { severity: milder('high', fact) });
}
