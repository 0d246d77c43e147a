/** Somebody elsewhere gets onto this machine. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { TraitFact } from '../../fact/fact.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, draftAt, type RuleContext } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const remoteAccess = defineRule({
  id: 'network/remote-access',
  title: 'Somebody elsewhere can get onto this machine',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'A reverse forward, a tunnel to a login or a shared terminal passes each firewall, and stays open for whoever holds the other end.',
  fix: 'Leave the connection to the user: say which command opens it, and to whom.',
  maps: { attack: ['T1219', 'T1572'] },
  reads: ['trait:remote-access', 'capability:egress'],
  check: (context) =>
    draftsOfTrait(context, 'remote-access', (fact) => {
      const message = fact.detail.includes(' ')
        ? fact.detail
        : `${fact.api} opens a port of another machine that leads to this one`;
      const isLogin = opensLogin.test(message) || passesToLogin(fact, context);
      // A page shows such a command to people who know what they open.
      if (isInText(fact)) return { severity: isLogin ? milder('medium', fact) : 'low', message };
      return isLogin ? { kind: 'malice', severity: 'high', message } : { message };
    }),
});

// The command names the other machine, and a port of this one at which people log in.
const opensLogin = /lets another machine log in to this one$/;

// The same by hand: what comes from the other machine is passed to such a port of this one.
function passesToLogin({ span }: TraitFact, { of }: RuleContext): boolean {
  return of('capability').some(({ capability, span: place }) => {
    if (capability.kind !== 'egress' || place.path !== span.path) return false;
    const { host, port, scheme } = parseEgressUrl(capability.url);
    return scheme === 'tcp' && isLoopbackHost(host) && loginPorts.has(Number(port));
  });
}

const loginPorts: ReadonlySet<number> = new Set([22, 23, 445, 2222, 3389, 5900, 5901, 5985, 5986]);

// A connection is kept open over which the other side can speak first.

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
    of('capability').flatMap((fact) => {
      if (fact.capability.kind !== 'egress' || !standing.test(fact.api) || !runs(fact)) return [];
      const { host } = parseEgressUrl(fact.capability.url);
      if (isLoopbackHost(host)) return [];
      const to = host === '*' ? 'a host that could not be computed' : host;
      return [draftAt(fact, `${fact.api} keeps a connection to ${to} open`)];
    }),
});

const standing =
  /^(WebSocket|EventSource|RTCPeerConnection|ws(\.WebSocket)?|websockets(\.sync\.client)?\.connect|websocket\.(create_connection|WebSocketApp)|socket\.io-client|websocat|wscat)$/;
