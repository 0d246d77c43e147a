/**
 * A secret travels in the body of the same request as the user's data, to a host that nothing
 * explains.
 */
import type { FlowFact } from '../../fact/fact.ts';
import { belongsTo, mentionsDomain } from '../../flow/belonging.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { sentSecrets } from '../../flow/secret-flows.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const secretBesideData = defineRule({
  id: 'flow/secret-beside-data',
  title: 'A secret and the user\u2019s data go to an unexplained host',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A key for signing in belongs into a header for its own service. In one body with files or the output of commands, to a host that neither the key’s name nor any page of the skill mentions, it is stolen data.',
  fix: 'Send the key in a header, to the service that issued it, and say in SKILL.md which service that is.',
  maps: { cwe: ['CWE-200', 'CWE-522'], owasp: ['LLM02', 'ASI03'], attack: ['T1041', 'T1005'] },
  reads: ['flow:network', 'source'],
  check: (context) => {
    const data = flowsThatRun(
      context
        .of('flow')
        .filter(({ source, sink }) => /^(file|command)$/.test(source.what) && sink.part === 'body'),
    );
    if (data.length === 0) return [];
    return sentSecrets(context).flatMap(({ flow, name, to }): FindingDraft[] => {
      if (flow.sink.part !== 'body' || to.host === '*' || to.declared || belongsTo(name, to.host))
        return [];
      const beside = data.find((other) => isSameRequest(other, flow));
      if (beside === undefined || mentionsDomain(to.host, context)) return [];
      const what =
        beside.source.what === 'command' ? 'the output of a command' : 'the content of a file';
      return [
        draftOfFlow(flow, {
          message: `sends secret ${name} together with ${what} to ${to.said}, which nothing explains`,
        }),
      ];
    });
  },
});

function isSameRequest(a: FlowFact, b: FlowFact): boolean {
  return a.span.path === b.span.path && a.span.start === b.span.start && a.span.end === b.span.end;
}
