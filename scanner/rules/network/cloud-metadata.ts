/** The metadata service of a cloud, or an engine’s control socket, is contacted. */

import { addressClass } from '../../../skills-index/network/network-address.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const cloudMetadata = defineRule({
  id: 'network/cloud-metadata',
  title: 'Cloud credentials are asked for',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'The metadata address of a cloud machine gives the machine’s credentials to every program that asks.',
  fix: 'Remove the request. A skill gets the credentials it needs as declared secrets.',
  maps: { cwe: ['CWE-918'], attack: ['T1552.005'] },
  reads: ['capability:egress'],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      if (fact.capability.kind !== 'egress') return [];
      const { host } = parseEgressUrl(fact.capability.url);
      const address = host.replace(/^\[|\]$/g, '');
      const isMetadata =
        addressClass(address) === 'metadata' ||
        /^(metadata\.google\.internal|metadata\.azure\.(com|internal)|instance-data)$/.test(host);
      const severity = milder(isInText(fact) ? 'medium' : 'critical', fact);
      return isMetadata
        ? [
            {
              span: fact.span,
              severity,
              confidence: fact.certainty,
              message: `asks ${host}, which hands out the machine’s credentials`,
            },
          ]
        : [];
    }),
});
