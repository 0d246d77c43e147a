/** Text from the network reaches the agent, or what the agent obeys. */

import type { FlowFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { isNamedAfter } from '../../flow/belonging.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { targetOf } from '../../lookup-tables/egress-of.ts';
import { normalisePath, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';
import { isOwnState, steersNobody } from '../own-state.ts';

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
    return flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
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
  const path = sink.capability?.kind === 'mount' ? sink.capability.path : undefined;
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
