/** What was read from a file, or received from one host, leaves for a host that the manifest does not name. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FlowFact } from '../../fact.ts';
import { allowed, type Destination, destinationOf, draftOfFlow, flowsThatRun } from '../../flow-hosts.ts';
import { privateKinds, sensitivePath } from '../../models/sensitive-paths.ts';
import { type Draft, defineRule, type RuleContext } from '../../rule.ts';

export const fileToNetwork = defineRule({
  id: 'flow/file-to-network',
  title: 'Data is sent to a host that the manifest does not name',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Reports, mails and figures are what an attacker wants most after secrets. A skill says in its manifest to whom it talks; data that goes elsewhere goes behind the reader\u2019s back.',
  fix: 'Declare the host under capabilities.egress with the reason, or do not send it.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI02'], attack: ['T1005', 'T1041', 'T1567'] },
  reads: ['flow:network'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): Draft[] => {
      const to = destinationOf(flow, context);
      const what = whatIsSent(flow, to);
      if (to === undefined || what === undefined || to.loopback || flow.sink.part === 'host') return [];
      return [draftOfFlow(flow, judge(what, to, context))];
    }),
});

function whatIsSent({ source }: FlowFact, to: Destination | undefined): string | undefined {
  if (source.what === 'file') {
    const row = sensitivePath(source.name);
    // Credentials are the business of flow/credential-file-to-network.
    if (row !== undefined && privateKinds.has(row.kind)) return undefined;
    return source.name === '*' ? 'the content of a file' : `the content of ${source.name}`;
  }
  if (source.what === 'command') return `the output of ${source.name === '*' ? 'a program' : source.name}`;
  if (source.what !== 'network' || source.name.startsWith('https://*/')) return undefined;
  const { host } = parseEgressUrl(source.name);
  return host === to?.host ? undefined : `what it received from ${host}`;
}

function judge(what: string, to: Destination, { hasManifest }: RuleContext): Parameters<typeof draftOfFlow>[1] {
  if (to.drop) return { message: `sends ${what} to ${to.said}, where anyone can collect what is sent` };
  if (to.declared) return { ...allowed, message: `sends ${what} to ${to.said}, as declared` };
  if (!hasManifest) return { kind: 'capability', severity: 'low', message: `sends ${what} to ${to.said}` };
  if (to.host === '*') return { kind: 'capability', severity: 'medium', message: `sends ${what} to ${to.said}` };
  return { message: `sends ${what} to ${to.said}, which skill.json does not name` };
}
