/** A secret stands on the command line of another program. */
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { isSecretName } from '../../lookup-tables/secrets.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const secretToChild = defineRule({
  id: 'flow/secret-to-child',
  title: 'A secret is handed to another program',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Every process of the machine can see arguments, and logs keep them. What the other program does with the secret is not in this skill.',
  fix: 'Pass it in an environment variable for that process only, or on its standard input, and name the program in skill.json.',
  maps: { cwe: ['CWE-214', 'CWE-522'], owasp: ['ASI03'], attack: ['T1552', 'T1057'] },
  reads: ['flow:exec'],
  check: ({ of }) =>
    flowsThatRun(of('flow')).flatMap((flow): FindingDraft[] => {
      const { source, sink } = flow;
      if (sink.what !== 'exec' || sink.part === 'code') return [];
      const program =
        sink.capability?.kind === 'exec' && sink.capability.program !== '*'
          ? sink.capability.program
          : 'a program';
      if (source.what === 'whole-env' && sink.part === 'argument') {
        return [
          draftOfFlow(flow, {
            message: `hands every environment variable to ${program} as an argument`,
          }),
        ];
      }
      if (source.what !== 'env' || source.name === '*' || !isSecretName(source.name)) return [];
      return [
        draftOfFlow(flow, { message: `hands secret ${source.name} to ${program} as an argument` }),
      ];
    }),
});
