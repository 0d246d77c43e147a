/** The shell itself or a bare socket program talks to another machine. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const shellSocket = defineRule({
  id: 'network/shell-socket',
  title: 'A shell opens a connection by itself',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: '/dev/tcp, nc and similar tools move bytes in both directions without a protocol, and without a check of who answers. Attackers use them to hand out shells, and to send data where curl is watched.',
  fix: 'Use curl with an https address. To see whether a port is open, ask the service itself.',
  maps: { attack: ['T1095', 'T1059.004'] },
  reads: ['capability:egress'],
  check: ({ of }) =>
    of('capability').flatMap((fact): FindingDraft[] => {
      if (fact.capability.kind !== 'egress' || !sockets.test(fact.api)) return [];
      const { host } = parseEgressUrl(fact.capability.url);
      if (isLoopbackHost(host)) return [];
      const to = host === '*' ? 'a host that could not be computed' : host;
      const severity = milder(isInText(fact) ? 'low' : 'medium', fact);
      return [
        {
          span: fact.span,
          severity,
          confidence: fact.certainty,
          message: `${fact.api} connects to ${to}`,
        },
      ];
    }),
});

const sockets = /^(\/dev\/(tcp|udp)|nc|ncat|netcat|socat|telnet|openssl)$/;
