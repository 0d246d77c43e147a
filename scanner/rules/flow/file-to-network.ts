/**
 * What was read from a file, or received from one host, leaves for a host that the manifest does
 * not name.
 */

import type { FlowFact } from '../../fact/fact.ts';
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
  fix: 'Declare the host under capabilities.egress with the reason, or do not send it.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI02'], attack: ['T1005', 'T1041', 'T1567'] },
  reads: ['flow:network', 'capability:mount'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const to = destinationOf(flow, context);
      const what = whatIsSent(flow, to);
      if (to === undefined || what === undefined || to.loopback || flow.sink.part === 'host')
        return [];
      return [draftOfFlow(flow, judge(flow, what, to, context))];
    }),
});

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
  const isWholeHome = flow.source.name.startsWith('~') && isBulk(flow, context);
  if ((to.declared && isWholeHome) || (!hasManifest && to.host !== '*' && isBulk(flow, context)))
    return {
      kind: 'capability',
      severity: 'medium',
      message: `sends ${what} to ${to.said}, file by file of a whole folder`,
    };
  if (to.declared) return { ...allowed, message: `sends ${what} to ${to.said}, as declared` };
  if (!hasManifest)
    return { kind: 'capability', severity: 'low', message: `sends ${what} to ${to.said}` };
  if (to.host === '*')
    return { kind: 'capability', severity: 'medium', message: `sends ${what} to ${to.said}` };
  return { message: `sends ${what} to ${to.said}, which skill.json does not name` };
}

// A folder is gone through, and what lies in it is sent: of the user's own things, or of all that
// is being worked on.
function isBulk({ source, sink, steps }: FlowFact, { of }: RuleContext): boolean {
  if (source.what !== 'file' || sink.part !== 'body') return false;
  if (wholeFolder.test(source.name)) return true;
  const from = steps[0]?.span.path;
  if (source.name !== '*' || from === undefined) return false;
  return of('capability').some(
    ({ capability, api, span }) =>
      span.path === from &&
      capability.kind === 'mount' &&
      capability.mode === 'ro' &&
      walkers.test(api) &&
      (wholeFolder.test(capability.path ?? '') ||
        privateKinds.has(sensitivePath(capability.path ?? '')?.kind ?? 'device')),
  );
}

const wholeFolder =
  /^(\.|\.\.|~|\/|\/home|\/Users|~\/(Documents|Desktop|Downloads|Pictures|Photos|Movies|Videos|Music|Notes|Mail|OneDrive|Dropbox|Library|Nextcloud|iCloud)(\/[^.]{0,80})?)\/?\*{0,2}$/i;

const walkers =
  /\.(readdir|readdirSync|opendir|opendirSync|glob|globSync|rglob|iglob|iterdir|walk|listdir|scandir|fwalk)$|^(find|fd|glob|fast-glob|globby)\b/;
