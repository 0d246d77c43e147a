/** A file in which another program keeps its credentials leaves. */
import { destinationOf, draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { passesFiles } from '../../flow/links.ts';
import { isOwnCredentialFile } from '../../flow/own-credentials.ts';
import { privateKinds, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const credentialFileToNetwork = defineRule({
  id: 'flow/credential-file-to-network',
  title: 'A file with credentials is sent away',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'SSH keys, cloud profiles, cookies, wallets and histories belong to other programs of the user. No service needs such a file.',
  fix: 'Declare the secret that you need in skill.json; the runner adds it to requests, so the skill never needs the file.',
  maps: {
    cwe: ['CWE-200', 'CWE-522'],
    owasp: ['LLM02', 'ASI03'],
    attack: ['T1552.001', 'T1552.004', 'T1005', 'T1041'],
  },
  reads: ['flow:network', 'capability:mount'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const to = destinationOf(flow, context);
      if (
        to === undefined ||
        to.loopback ||
        flow.source.what !== 'file' ||
        flow.sink.part === 'host'
      )
        return [];
      const row = sensitivePath(flow.source.name);
      if (row === undefined || !privateKinds.has(row.kind)) return [];
      const encoded = flow.encoded ? ', encoded on the way' : '';
      const message = `sends ${row.says} (${flow.source.name}) to ${to.said}${encoded}`;
      if (isOwnCredentialFile(flow.source.name, context)) {
        return [
          draftOfFlow(flow, {
            kind: 'capability',
            severity: 'low',
            message: `${message}; the skill keeps that file itself`,
          }),
        ];
      }
      // Figures are made of transcripts, too: what goes through several files, or to whom the user
      // says, is for a person to look at.
      if (row.kind === 'agent-history' && (to.host === '*' || passesFiles(flow.steps)))
        return [draftOfFlow(flow, { kind: 'capability', severity: 'medium', message })];
      return [draftOfFlow(flow, { message })];
    }),
});
