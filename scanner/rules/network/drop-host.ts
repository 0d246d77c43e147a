/** A host where anyone can leave or fetch data is contacted. */
import { type DropKind, dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact, FactOf } from '../../fact/fact.ts';
import { isInText, milder, milderInText, runs } from '../../fact/standing.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

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
    ...context.of('capability').flatMap((fact) => {
      if (fact.capability.kind !== 'egress') return [];
      const { host, path } = parseEgressUrl(fact.capability.url);
      const drop = dropHostOf(host, path);
      if (drop === undefined) return [];
      const severity = severityOf(drop.kind, fact);
      return [
        draftAt(fact, `contacts ${host}, ${titles[drop.kind]}`, {
          severity: milder(severity, fact),
        }),
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

// A host is contacted that is only known when the skill runs.

export const computedHost = defineRule({
  id: 'network/computed-host',
  title: 'A computed host is contacted',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'No manifest can name a host that is chosen at run time, and no reviewer can tell who will be asked: it may be inside the user’s own network.',
  fix: 'Write the hosts into the code. Where the user gives the address, check it against a list.',
  maps: { cwe: ['CWE-918'], attack: ['T1071.001'] },
  reads: ['capability:egress'],
  check: ({ of }) => {
    const seen = new Set<string>();
    return of('capability').flatMap((fact) => {
      const { capability, span, api } = fact;
      if (
        capability.kind !== 'egress' ||
        !runs(fact) ||
        parseEgressUrl(capability.url).host !== '*'
      )
        return [];
      if (seen.has(`${span.path} ${api}`)) return [];
      seen.add(`${span.path} ${api}`);
      return [
        {
          span,
          severity: isInText(fact) ? 'info' : 'low',
          message: `${api} contacts a host that could not be computed`,
        },
      ];
    });
  },
});

// The other side hides itself, or the skill hides where it asks from.

export const anonymity = defineRule({
  id: 'network/anonymity',
  title: 'A hidden service or an anonymising network is used',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Nobody can say who runs a hidden service, and nobody can take it down. Malware keeps its control servers there. A skill has nothing to hide from the user’s own network.',
  fix: 'Use a service with a name in the public DNS, over https.',
  maps: { attack: ['T1090', 'T1573'] },
  reads: ['capability:egress', 'capability:exec'],
  check: ({ of }) =>
    of('capability').flatMap((fact) => {
      const at = { span: fact.span, confidence: fact.certainty };
      const host = hiddenHost(fact);
      if (host !== undefined) {
        return [
          {
            ...at,
            severity: milderInText('high', fact),
            message: `${fact.api} contacts ${host}, whose owner is hidden`,
          },
        ];
      }
      const { capability } = fact;
      if (capability.kind !== 'exec' || !anonymisers.test(capability.program) || !runs(fact))
        return [];
      return [
        {
          ...at,
          kind: 'capability',
          severity: isInText(fact) ? 'low' : 'medium',
          message: `${capability.program} hides where requests come from`,
        },
      ];
    }),
});

function hiddenHost({ capability }: CapabilityFact): string | undefined {
  if (capability.kind !== 'egress') return undefined;
  const { host } = parseEgressUrl(capability.url);
  return hidden.test(host) ? host : undefined;
}

/** RFC 7686, the I2P and Lokinet documentation, and the known gateways into Tor. */
const hidden =
  /\.(onion|i2p|loki)$|\.(onion\.(ws|ly|pet|link|cab|to|city|foundation)|tor2web\.(org|io|to))$/;
const anonymisers = /^(tor|torify|torsocks|proxychains4?|obfs4proxy|i2pd)$/;
