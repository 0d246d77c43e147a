/** A host where anyone can leave or fetch data is contacted. */

import { type DropKind, dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact, FactOf } from '../../fact/fact.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const dropHost = defineRule({
  id: 'network/drop-host',
  title: 'A drop or paste host is contacted',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Request catchers, paste sites, file drops and tunnels belong to whoever opened them. Sent data cannot be told from theft, and fetched data can change at any time.',
  fix: 'Use a host of your own and declare it. For tests, use a local server.',
  maps: { owasp: ['ASI02'], attack: ['T1567', 'T1102'] },
  reads: ['capability:egress', 'text:string'],
  check: (context) => [
    ...context.of('text').flatMap(inSettings),
    ...context.of('capability').flatMap((fact): FindingDraft[] => {
      if (fact.capability.kind !== 'egress') return [];
      const { host, path } = parseEgressUrl(fact.capability.url);
      const drop = dropHostOf(host, path);
      if (drop === undefined) return [];
      const severity = severityOf(drop.kind, fact);
      return [
        {
          span: fact.span,
          severity: milder(severity, fact),
          confidence: fact.certainty,
          message: `contacts ${host}, ${titles[drop.kind]}`,
        },
      ];
    }),
  ],
});

// An address that a program takes from its settings: where it is sent to stands in no program.
function inSettings(fact: FactOf<'text'>): FindingDraft[] {
  const [, host = '', path] = /^https?:\/\/([\w.-]{3,120})(\/[^\s]{0,200})?/.exec(fact.text) ?? [];
  const drop =
    settingsFile.test(fact.span.path) && fact.context !== 'test'
      ? dropHostOf(host, path)
      : undefined;
  if (drop === undefined || !/^(request-catcher|interaction|tunnel)$/.test(drop.kind)) return [];
  // A list of such hosts names them without the place where somebody listens.
  const severity = drop.kind === 'tunnel' || (path ?? '/') === '/' ? 'medium' : 'high';
  return [
    {
      span: fact.span,
      severity: milder(severity, fact),
      message: `a setting names ${host}, ${titles[drop.kind]}`,
    },
  ];
}

const settingsFile = /\.(ya?ml|jsonc?|json5|toml)$/;

const titles: Readonly<Record<DropKind, string>> = {
  'request-catcher': 'which shows a stranger every request it gets',
  interaction: 'which is made to catch data sent in names and requests',
  paste: 'a paste site',
  'file-drop': 'where anyone can leave files',
  tunnel: 'a tunnel to somebody’s own machine',
  'chat-webhook': 'a webhook of a chat, readable by whoever made it',
};

// Chats and tunnels also have honest uses; a person has to look at them.
function severityOf(kind: DropKind, fact: CapabilityFact): 'medium' | 'high' {
  if (kind === 'chat-webhook' || kind === 'tunnel') return 'medium';
  return isInText(fact) && kind === 'paste' && fact.traits.includes('download') ? 'medium' : 'high';
}
