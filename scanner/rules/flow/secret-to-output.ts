/** Secrets are shown to the agent, or lie in a file. */
import { isInText } from '../../fact/standing.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { isOfOwnService, isOwnCredentialFile } from '../../flow/own-credentials.ts';
import { isSecretName } from '../../lookup-tables/secrets.ts';
import { privateKinds, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const secretToOutput = defineRule({
  id: 'flow/secret-to-output',
  title: 'A secret is printed or written to a file',
  kind: 'malice',
  severity: 'medium',
  confidence: 'exact',
  why: 'The agent reads what a skill prints, keeps it in its transcript, and may pass it to the next tool. A dump of the environment is the first half of a theft.',
  fix: 'Print neither secrets nor the environment; say only whether a variable is set.',
  maps: { cwe: ['CWE-532', 'CWE-312'], owasp: ['LLM02', 'ASI03'], attack: ['T1552', 'T1074'] },
  reads: ['flow:output', 'flow:file', 'capability:mount'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const { source, sink } = flow;
      if (sink.what !== 'output' && sink.what !== 'file') return [];
      const where = sink.what === 'output' ? 'prints' : 'writes to a file';
      if (source.what === 'whole-env')
        return [draftOfFlow(flow, { message: `${where} every environment variable` })];
      if (source.what === 'env' && source.name !== '*' && isSecretName(source.name)) {
        return [
          draftOfFlow(flow, {
            kind: 'capability',
            severity: 'low',
            message: `${where} secret ${source.name}`,
          }),
        ];
      }
      const row = source.what === 'file' ? sensitivePath(source.name) : undefined;
      if (row === undefined || !privateKinds.has(row.kind) || /history$/.test(row.kind)) return [];
      if (isOwnCredentialFile(source.name, context)) {
        return [
          draftOfFlow(flow, {
            kind: 'capability',
            severity: 'low',
            message: `${where} its own key (${source.name})`,
          }),
        ];
      }
      // A copy that a page tells its reader to make, and what a skill does with the file of its own
      // service: where the copy goes from there is a flow of its own.
      const isOpen =
        (isInText(flow) && sink.what === 'file') ||
        row.isSettings === true ||
        isOfOwnService(source.name, context);
      return [
        draftOfFlow(flow, {
          severity: isOpen ? 'medium' : 'high',
          message: `${where} ${row.says} (${source.name})`,
        }),
      ];
    }),
});
