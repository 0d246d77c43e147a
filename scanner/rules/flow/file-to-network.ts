/**
 * What was read from a file, or received from one host, leaves for a host that the manifest does
 * not name.
 */

import type { FlowFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { collectionIn, isArgument, isHidden, isOfUser, isUnnamed } from '../../flow/collections.ts';
import {
  allowed,
  type Destination,
  destinationOf,
  draftOfFlow,
  flowsThatRun,
} from '../../flow/hosts.ts';
import { targetOf } from '../../lookup-tables/egress-of.ts';
import { isKnownProvider } from '../../lookup-tables/secrets.ts';
import { privateKinds, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { isTenantHost } from '../../lookup-tables/tenant-hosts.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const fileToNetwork = defineRule({
  id: 'flow/file-to-network',
  title: 'Data is sent to a host that the manifest does not name',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'After secrets, attackers want reports, mails and figures most. A skill names its hosts in the manifest; data for another host leaves without the reader’s knowledge.',
  fix: 'Declare the host under capabilities.egress with the reason, and say in SKILL.md which host gets the files. Or do not send them.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI02'], attack: ['T1005', 'T1041', 'T1567'] },
  reads: ['flow:network', 'capability:mount', 'source'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const to = receiverOf(flow, context);
      const what = whatIsSent(flow, to);
      if (to === undefined || what === undefined || to.loopback || flow.sink.part === 'host')
        return [];
      return [draftOfFlow(flow, judge(flow, what, to, context))];
    }),
});

// `put(answer.url, file)`: whoever gives the address gets the file.
function receiverOf(flow: FlowFact, context: RuleContext): Destination | undefined {
  const to = destinationOf(flow, context);
  if (to?.host !== '*') return to;
  const [asked] = context.of('flow').flatMap(({ source, sink, span }) => {
    const isAddress = sink.part === 'host' && source.what === 'network';
    const isHere = span.path === flow.span.path && span.start === flow.span.start;
    return isAddress && isHere && !source.name.startsWith('https://*/')
      ? targetOf(source.name)
      : [];
  });
  return asked === undefined || asked.host === ''
    ? to
    : { ...to, host: asked.host, said: `an address that ${asked.host} gives` };
}

function whatIsSent({ source }: FlowFact, to: Destination | undefined): string | undefined {
  if (source.what === 'file') {
    const row = sensitivePath(source.name);
    // Credentials are the business of flow/credential-file-to-network.
    if (row !== undefined && privateKinds.has(row.kind)) return undefined;
    return source.name === '*' ? 'the content of a file' : `the content of ${source.name}`;
  }
  if (source.what === 'command')
    return `the output of ${source.name === '*' ? 'a program' : source.name}`;
  if (source.what !== 'network' || source.name.startsWith('https://*/')) return undefined;
  const { host } = targetOf(source.name);
  return host === to?.host ? undefined : `what it received from ${host}`;
}

function judge(
  flow: FlowFact,
  what: string,
  to: Destination,
  context: RuleContext,
): Parameters<typeof draftOfFlow>[1] {
  const { hasManifest } = context;
  if (to.drop)
    return { message: `sends ${what} to ${to.said}, where anyone can collect what is sent` };
  // A push to a place that keeps repositories is what the reader sees in each script for git.
  if (!hasManifest && flow.sink.api === 'git' && isKnownProvider(to.host) && !isTenantHost(to.host))
    return { kind: 'capability', severity: 'low', message: `sends ${what} to ${to.said}` };
  // Whoever approves a host does not approve that the user's home is sent there.
  const many = collectionIn(flow, context);
  const isStolen = !hasManifest && isHidden(to, context);
  if (isStolen && many !== undefined) {
    const message = `sends ${what} to ${to.said}, which no page of the skill names, file by file`;
    const isNamed = isArgument(many, flow, many.at, context);
    return isNamed ? { kind: 'capability', severity: 'medium', message } : { message };
  }
  const isWholeHome = many !== undefined && flow.source.name.startsWith('~');
  if ((to.declared && isWholeHome) || (!hasManifest && to.host !== '*' && many !== undefined))
    return {
      kind: 'capability',
      severity: 'medium',
      message: `sends ${what} to ${to.said}, file by file of a whole folder`,
    };
  if (to.declared) return { ...allowed, message: `sends ${what} to ${to.said}, as declared` };
  if (!hasManifest)
    return {
      kind: 'capability',
      severity: isUnnamed(to, context) && isUnseen(flow) ? 'medium' : 'low',
      message: `sends ${what} to ${to.said}`,
    };
  if (to.host === '*')
    return { kind: 'capability', severity: 'medium', message: `sends ${what} to ${to.said}` };
  return { message: `sends ${what} to ${to.said}, which skill.json does not name` };
}

// What the skill itself brought is no data of the user. A page shows its own code to the reader.
function isUnseen(flow: FlowFact): boolean {
  const { source, sink } = flow;
  const isLocal = source.what !== 'network' && !source.name.startsWith('/skills/');
  const isCarried = sink.part === 'body' || (source.what === 'file' && isOfUser(source.name));
  return isLocal && isCarried && !isInText(flow);
}
