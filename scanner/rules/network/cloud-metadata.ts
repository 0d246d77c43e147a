/** The metadata service of a cloud, or an engine’s control socket, is contacted. */

import { addressClass } from '../../../skills-index/network/network-address.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FactOf } from '../../fact/fact.ts';
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
  check: (context) => {
    const computed = new Set(
      context
        .of('capability')
        .filter(isComputed)
        .map(({ span }) => span.path),
    );
    return context.of('capability').flatMap((fact): FindingDraft[] => {
      if (fact.capability.kind !== 'egress') return [];
      const { host, path } = parseEgressUrl(fact.capability.url);
      const address = host.replace(/^\[|\]$/g, '');
      const isMetadata =
        addressClass(address) === 'metadata' ||
        /^(metadata\.google\.internal|metadata\.azure\.(com|internal)|instance-data)$/.test(host);
      if (!isMetadata) return [];
      const isMild =
        isInText(fact) || (describesMachine.test(path) && !computed.has(fact.span.path));
      return [
        {
          span: fact.span,
          severity: milder(isMild ? 'medium' : 'critical', fact),
          confidence: fact.certainty,
          message: describesMachine.test(path)
            ? `asks ${host} for ${path}, which describes the machine`
            : `asks ${host}, which hands out the machine’s credentials`,
        },
      ];
    });
  },
});

// A request beside it whose host is not known may ask the same service for a credential.
function isComputed({ capability }: FactOf<'capability'>): boolean {
  return capability.kind === 'egress' && parseEgressUrl(capability.url).host === '*';
}

// Whole paths of Amazon's service below which no credential lies. The token opens a session of the
// service: what is asked with the token is a request of its own.
const describesMachine =
  /^\/latest\/(api\/token|dynamic\/instance-identity\/document|meta-data\/(ami-id|instance-id|instance-type|hostname|local-hostname|local-ipv4|public-hostname|public-ipv4|placement\/(region|availability-zone)))\/?$/;
