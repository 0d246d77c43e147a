/** A connection is kept open over which the other side can speak first. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const websocket = defineRule({
  id: 'network/websocket',
  title: 'A standing connection to another machine',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Over a websocket or event stream the other side sends whenever it likes. A skill that listens does what it is told, for as long as it runs.',
  fix: 'Ask when something is needed. Where the service offers nothing else, say in SKILL.md what arrives and what is done with it.',
  maps: { attack: ['T1071.001'] },
  reads: ['capability:egress'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      if (fact.capability.kind !== 'egress' || !standing.test(fact.api) || !runs(fact)) return [];
      const { host } = parseEgressUrl(fact.capability.url);
      if (isLoopbackHost(host)) return [];
      const to = host === '*' ? 'a host that could not be computed' : host;
      return [
        {
          span: fact.span,
          confidence: fact.certainty,
          message: `${fact.api} keeps a connection to ${to} open`,
        },
      ];
    }),
});

const standing =
  /^(WebSocket|EventSource|RTCPeerConnection|ws(\.WebSocket)?|websockets(\.sync\.client)?\.connect|websocket\.(create_connection|WebSocketApp)|socket\.io-client|websocat|wscat)$/;
