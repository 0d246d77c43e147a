/** A secret leaves that is of use only here: no service asks for it. */
import { draftOfFlow } from '../../flow/hosts.ts';
import { sentSecrets } from '../../flow/secret-flows.ts';
import { staysAtHome } from '../../lookup-tables/secrets.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const localSecretToNetwork = defineRule({
  id: 'flow/local-secret-to-network',
  title: 'A key that no service asks for is sent away',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'The address of a database with its password, a key that signs sessions, a private key or a wallet’s words open things on this side. They are used here. A web service that gets one can only use it against its owner.',
  fix: 'Connect to the database, sign or decrypt on this side, and send the result.',
  maps: { cwe: ['CWE-200', 'CWE-522'], owasp: ['LLM02', 'ASI03'], attack: ['T1041', 'T1552.004'] },
  reads: ['flow:network'],
  check: (context) =>
    sentSecrets(context).flatMap(({ flow, name, to, isDeclared }): FindingDraft[] => {
      // As the host of a request it says where a database answers; so it does for a client library
      // that is given no other address.
      if (
        !staysAtHome(name) ||
        flow.sink.part === 'host' ||
        to.host === '*' ||
        !isWeb(flow.sink.capability)
      )
        return [];
      // What the author declared for this host goes there before a person\u2019s eyes:
      // flow/secret-to-network has the row.
      if (isDeclared) return [];
      const how = flow.encoded ? ', encoded on the way' : '';
      return [
        draftOfFlow(flow, {
          message: `sends ${name}, which is of use only here, to ${to.said}${how}`,
        }),
      ];
    }),
});

function isWeb(capability: Parameters<typeof draftOfFlow>[0]['sink']['capability']): boolean {
  return capability?.kind === 'egress' && /^https?:/.test(capability.url);
}
