/** A secret stands in the address of a request. */

import { belongsTo } from '../../flow/belonging.ts';
import { draftOfFlow } from '../../flow/hosts.ts';
import { sentSecrets } from '../../flow/secret-flows.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const secretInUrl = defineRule({
  id: 'flow/secret-in-url',
  title: 'A secret stands in a URL',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Addresses are written to the logs of every proxy and server on the way, and shown in errors. The proxy of the sandbox puts secrets into headers only.',
  fix: 'Send it in the header that the service documents.',
  maps: { cwe: ['CWE-200', 'CWE-522'], owasp: ['ASI03'], attack: ['T1552'] },
  reads: ['flow:network'],
  check: (context) =>
    sentSecrets(context).flatMap(({ flow, name, to }): FindingDraft[] => {
      if (
        flow.sink.part !== 'url' ||
        flow.sink.capability?.kind !== 'egress' ||
        !/^https?:/.test(flow.sink.capability.url)
      )
        return [];
      // Some services offer no other way.
      const severity = belongsTo(name, to.host) ? 'info' : 'low';
      return [
        draftOfFlow(flow, {
          severity,
          message: `puts secret ${name} into the address of a request to ${to.said}`,
        }),
      ];
    }),
});
