/** A secret or private file is wrapped up before it leaves. */

import type { FlowFact } from '../../fact/fact.ts';
import { belongsTo } from '../../flow/belonging.ts';
import { destinationOf, draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { isDeclaredFor } from '../../flow/secret-flows.ts';
import { isSecretName } from '../../lookup-tables/secrets.ts';
import { privateKinds, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const encodedToNetwork = defineRule({
  id: 'flow/encoded-to-network',
  title: 'A secret is encoded and sent',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Services accept a key as it is, in a header. Base64, hexadecimal or compression around a key in the body or address of a request hides the key from network filters.',
  fix: 'Send the key in the header that the service documents. This rule does not find Basic authentication, which is a header.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI03'], attack: ['T1560', 'T1041', 'T1132.001'] },
  reads: ['flow:network'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const to = destinationOf(flow, context);
      const what = whatIsWrapped(flow);
      if (
        to === undefined ||
        what === undefined ||
        to.loopback ||
        !flow.encoded ||
        flow.sink.part === 'header'
      )
        return [];
      if (
        flow.source.what === 'env' &&
        (belongsTo(flow.source.name, to.host) || isDeclaredFor(flow.source.name, to.host, context))
      ) {
        return [
          draftOfFlow(flow, {
            kind: 'capability',
            severity: 'low',
            message: `sends ${what} to ${to.said}, encoded`,
          }),
        ];
      }
      const isFile = flow.source.what === 'file';
      return [
        draftOfFlow(flow, {
          message: `sends ${what} to ${to.said}, encoded`,
          ...(isFile && { fix: fixOfFile }),
        }),
      ];
    }),
});

const fixOfFile =
  'Leave private files where they are: remove the code that wraps them up and sends them.';

function whatIsWrapped({ source }: FlowFact): string | undefined {
  // The whole environment is the business of flow/environment-to-network, encoded or not.
  if (source.what === 'env')
    return source.name !== '*' && isSecretName(source.name) ? `secret ${source.name}` : undefined;
  const row = source.what === 'file' ? sensitivePath(source.name) : undefined;
  return row !== undefined && privateKinds.has(row.kind)
    ? `${row.says} (${source.name})`
    : undefined;
}
