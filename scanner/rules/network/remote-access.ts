/** Somebody elsewhere gets onto this machine. */

import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { TraitFact } from '../../fact/fact.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type RuleContext } from '../../rule.ts';
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
