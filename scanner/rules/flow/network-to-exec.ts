/** What was received from the network is run. */
import { dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import { type FlowFact, mountPath } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { isNamedAfter } from '../../flow/belonging.ts';
import { draftOfFlow, draftOfUse, flowsThatRun } from '../../flow/hosts.ts';
import { passesFiles } from '../../flow/links.ts';
import { own } from '../../lookup-tables/api.ts';
import { isAddress, isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import { normalisePath, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { interpreters } from '../../lookup-tables/shell.ts';
import { defineRule, type RuleContext } from '../../rule.ts';
import { isRelease } from '../installers.ts';
import { isOwnState, steersNobody } from '../own-state.ts';

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
    flowsThatRun(context.of('flow')).flatMap((flow) => {
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
          draftOfUse(
            flow,
            'low',
            `hands what it received from ${from} to a program as an argument`,
          ),
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
        return [draftOfUse(flow, 'medium', `runs a release that it received from ${from}`)];
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

// Text from the network reaches the agent, or what the agent obeys.

export const untrustedToAgent = defineRule({
  id: 'flow/untrusted-to-agent',
  title: 'Text from the network reaches the agent',
  kind: 'capability',
  severity: 'info',
  confidence: 'exact',
  why: 'An agent cannot tell instructions from text that it reads. Whoever writes the page, mail or issue that a skill prints speaks to the agent. What is written into its memory speaks to every later session.',
  fix: 'Print the needed fields, marked as data, never whole pages. Write nothing from outside into instructions or memory.',
  maps: {
    cwe: ['CWE-1427'],
    owasp: ['LLM01', 'ASI01', 'ASI06'],
    attack: ['AML.T0051.001', 'AML.T0080'],
  },
  reads: ['flow:output', 'flow:file'],
  check: (context) => {
    const seen = new Set<string>();
    return flowsThatRun(context.of('flow')).flatMap((flow) => {
      if (flow.source.what !== 'network') return [];
      const from = fromWhere(flow);
      const kept = flow.sink.what === 'file' ? instructionsIn(flow) : undefined;
      if (kept !== undefined && !isOwnState(kept, context)) {
        const message = `writes what it received from ${from} to ${kept}`;
        // A page says openly whose text it is, or the agent obeys no such file.
        if (replacesItself(flow, kept, context) || steersNobody(kept))
          return [draftOfFlow(flow, { severity: 'medium', message })];
        return [draftOfFlow(flow, { kind: 'malice', severity: 'high', message })];
      }
      // One row for each file and other side: an API's client prints all over.
      const key = `${flow.span.path} ${from}`;
      if (flow.sink.what !== 'output' || seen.has(key)) return [];
      seen.add(key);
      return [
        draftOfFlow(flow, {
          message: `prints what it received from ${from}: the agent will read it`,
        }),
      ];
    });
  },
});

function fromWhere({ source }: FlowFact): string {
  const { host } = targetOf(source.name);
  return host === '*' ? 'a host that could not be computed' : host;
}

// What an agent obeys: its memory and settings, and other skills.
function instructionsIn({ sink }: FlowFact): string | undefined {
  const path = mountPath(sink);
  if (path === undefined || path === '*') return undefined;
  const isObeyed =
    /^agent-(memory|settings)$/.test(sensitivePath(path)?.kind ?? '') ||
    /(^|\/)SKILL\.md$/i.test(path);
  return isObeyed ? path : undefined;
}

// A page that tells its reader to fetch this skill again, from the service that it is named after,
// into the folder of the skill's name. No program does it unseen.
function replacesItself(
  flow: FlowFact,
  path: string,
  { name, nameInProse }: Pick<RuleContext, 'name' | 'nameInProse'>,
): boolean {
  const { host, scheme, path: from } = targetOf(flow.source.name);
  const folder = ownFolder.exec(normalisePath(path))?.[1];
  const skill = (nameInProse ?? name).replace(/^.*\//, '');
  if (!isInText(flow) || scheme !== 'https' || folder !== skill || agents.test(skill)) return false;
  const repository = /^(raw\.githubusercontent|github)\.com$/.test(host)
    ? from.split('/').slice(1, 3).join('-').toLowerCase()
    : undefined;
  return repository === undefined
    ? isNamedAfter(skill.replaceAll(/[-. ]/g, '_'), host)
    : skill.length >= 4 && repository.includes(skill.toLowerCase());
}

const agents =
  /^(agents?|aider|claude|clawd(bot)?|cline|codex|continue|copilot|cursor|gemini|goose|moltbot|openclaw|opencode|windsurf)(-|$)/i;

const ownFolder = /^~\/(?:(?:\.[a-z]+\/skills|\.config)\/|\.)([\w-]+)\/[\w/-]{1,80}\.(?:md|json)$/;
