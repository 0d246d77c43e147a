/** The other side hides itself, or the skill hides where it asks from. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact } from '../../fact/fact.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

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
    of('capability').flatMap((fact): FindingDraft[] => {
      const at = { span: fact.span, confidence: fact.certainty };
      const host = hiddenHost(fact);
      if (host !== undefined) {
        return [
          {
            ...at,
            severity: milder(isInText(fact) ? 'medium' : 'high', fact),
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
