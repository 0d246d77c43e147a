/** Arguments or typed text become part of a command line or of code. */
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const inputToShell = defineRule({
  id: 'flow/input-to-shell',
  title: 'An argument becomes code',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'An agent takes arguments from what it reads. When a file name holds `; rm -rf ~`, a shell that gets the name as text runs it.',
  fix: 'Start the program with a list of arguments (execFile, subprocess.run([...])). In shell, quote with "$1". Never use eval.',
  maps: { cwe: ['CWE-78', 'CWE-95'], owasp: ['ASI05'], attack: ['T1059'] },
  reads: ['flow:exec'],
  check: ({ of }) =>
    flowsThatRun(of('flow')).flatMap((flow): FindingDraft[] => {
      if (flow.source.what !== 'input' || flow.sink.part !== 'code') return [];
      const asShell = flow.sink.capability?.kind === 'exec';
      const message = asShell
        ? `puts ${flow.source.name} into a command line`
        : `runs ${flow.source.name} as code`;
      return [draftOfFlow(flow, { message })];
    }),
});
