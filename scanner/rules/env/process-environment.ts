/** The environment of a process is read by way of the system. */
import { type CapabilityFact, mountPath, type TraitFact } from '../../fact/fact.ts';
import { milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
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
  check: (context) => [
    ...context
      .of('capability')
      .filter(
        (fact) =>
          mountPath(fact) !== undefined &&
          sensitivePath(mountPath(fact) ?? '')?.kind === 'process-environment',
      )
      .map((fact) => draftOf(fact, `reads ${mountPath(fact)}`)),
    ...context
      .of('trait')
      .map((fact) => draftOf(fact, `lists other processes with their environment: ${fact.detail}`)),
  ],
});

function draftOf(fact: CapabilityFact | TraitFact, message: string): FindingDraft {
  return draftAt(fact, message, { severity: milder('high', fact) });
}
