/** What was received from the network is run. */

import { dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import type { FlowFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { passesFiles } from '../../flow/links.ts';
import { own } from '../../lookup-tables/api.ts';
import { isAddress, isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import { interpreters } from '../../lookup-tables/shell.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';
import { isRelease } from '../installers.ts';

const isReleasedFile = /\/releases\/(?:latest\/)?download\//;

export const networkToExec = defineRule({
  id: 'flow/network-to-exec',
  title: 'What comes from the network is run',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'Nobody scanned or approved code that is fetched while the skill runs, and it can be another one tomorrow.',
  fix: 'Put the code into the skill. Pass data to a program as a separate argument or on standard input.',
  maps: {
    cwe: ['CWE-494', 'CWE-829', 'CWE-95'],
    owasp: ['ASI05', 'AST08'],
    attack: ['T1105', 'T1059'],
  },
  reads: ['flow:exec', 'capability:egress'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const { source, sink } = flow;
      if (
        source.what !== 'network' ||
        sink.what !== 'exec' ||
        (isPipe(flow) && !passesFiles(flow.steps) && !isFilledFromElsewhere(flow))
      )
        return [];
      const from = source.name.startsWith('https://*/')
        ? 'a host that could not be computed'
        : source.name;
      // That is flow/file-to-exec.
      if (sink.part === 'program') return [];
      if (sink.part !== 'code') {
        return [
          draftOfFlow(flow, {
            kind: 'capability',
            severity: 'low',
            message: `hands what it received from ${from} to a program as an argument`,
          }),
        ];
      }
      if (sink.filled && isFetched(flow, context))
        return [
          draftOfFlow(flow, {
            severity: 'medium',
            message: `fills what it received from ${from} into the text of a program`,
          }),
        ];
      const asShell = sink.capability?.kind === 'exec';
      // exec/download-and-run judges a release in a pipe the same way. Other addresses of these
      // hosts answer with texts that anybody wrote.
      if (asShell && isRelease(source.name) && isReleasedFile.test(source.name))
        return [
          draftOfFlow(flow, {
            kind: 'capability',
            severity: 'medium',
            message: `runs a release that it received from ${from}`,
          }),
        ];
      return [
        draftOfFlow(flow, {
          severity: !asShell ? 'critical' : isInstruction(flow) ? 'medium' : 'high',
          message: `runs what it received from ${from} ${asShell ? 'as part of a command line' : 'as code'}`,
        }),
      ];
    }),
});

// What a shell pipes from the network into an interpreter is the business of exec/download-and-run,
// which knows the honest installers.
function isPipe({ sink: { api, capability }, steps, span }: FlowFact): boolean {
  if (capability?.kind !== 'exec') return false;
  // What a program of another language fetched in another statement than the one that starts the
  // shell is no pipe.
  const [first] = steps;
  const inOne =
    first !== undefined &&
    first.span.path === span.path &&
    first.span.start < span.end &&
    span.start < first.span.end;
  if (!inOne && !/\.(sh|bash|zsh|ksh|md|mdx|markdown)$|\/[^./]+$|^[^./]+$/i.test(span.path))
    return false;
  return own(interpreters, api) !== undefined || api === 'eval' || api === 'source' || api === '.';
}

// Values in the text of a program are no pipe. exec/download-and-run says nothing of them.
function isFilledFromElsewhere({ source, sink }: FlowFact): boolean {
  return sink.filled === true && !isLoopbackHost(targetOf(source.name).host);
}

// An answer that the code asked for, and no drop host, address or listener gave.
function isFetched({ source, steps }: FlowFact, { of }: RuleContext): boolean {
  const { host, path } = targetOf(source.name);
  if (isAddress(host) || dropHostOf(host, path) !== undefined) return false;
  const [first] = steps;
  return (
    host !== '*' ||
    of('capability').some(
      ({ capability, span }) =>
        capability.kind === 'egress' &&
        span.path === first?.span.path &&
        span.start === first.span.start,
    )
  );
}

// `curl -o tool https://…`, then `./tool`, in a text: how much software tells people to install it.
// exec/download-and-run judges a pipe in a text the same way.
function isInstruction(flow: FlowFact): boolean {
  return isInText(flow) && isNamedHost(flow.source.name);
}

function isNamedHost(url: string): boolean {
  const { scheme, host, path } = targetOf(url);
  return (
    scheme === 'https' && host !== '*' && !isAddress(host) && dropHostOf(host, path) === undefined
  );
}
