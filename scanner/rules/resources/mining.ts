/** A miner of cryptocurrency is fetched, started or configured. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { milder, runs } from '../../fact/standing.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

export const mining = defineRule({
  id: 'resources/mining',
  title: 'Cryptocurrency is mined',
  kind: 'malice',
  severity: 'critical',
  confidence: 'lexical',
  why: 'A miner uses the machine of whoever runs the skill for the gain of somebody else.',
  fix: 'Remove it.',
  maps: { attack: ['T1496'] },
  reads: ['capability:exec', 'capability:egress', 'text:string', 'text:fence', 'text:inline-code'],
  check: (context) => [
    ...context.of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      const isMiner = capability.kind === 'exec' && miners.test(capability.program);
      const isPool =
        capability.kind === 'egress' && pools.test(parseEgressUrl(capability.url).host);
      return isMiner || isPool
        ? [
            draftAt(fact, isMiner ? `starts the miner ${fact.api}` : `connects to a mining pool`, {
              severity: milder('critical', fact),
            }),
          ]
        : [];
    }),
    ...context.of('text').flatMap((fact): FindingDraft[] => {
      if (
        !/^(string|fence|inline-code)$/.test(fact.role) ||
        !runs(fact) ||
        !/\bstratum\+(tcp|ssl|tls):\/\//i.test(fact.text)
      )
        return [];
      return [{ span: fact.span, severity: 'critical', message: 'names a mining pool (stratum)' }];
    }),
  ],
});

const miners =
  /^(xmrig|xmr-stak|cpuminer|minerd|ethminer|t-rex|nbminer|lolminer|phoenixminer|cgminer|bfgminer|ccminer)$/i;
const pools =
  /(^|\.)(minexmr\.com|supportxmr\.com|nanopool\.org|moneroocean\.stream|2miners\.com|f2pool\.com|hashvault\.pro|nicehash\.com|coinhive\.com|coin-hive\.com|herominers\.com)$/;
