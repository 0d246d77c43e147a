/** What a search shows a person of each skill: what the skill may do, in one line. Pure. */
import { withBrokenAddresses } from '../../scanner/lookup-tables/hidden-characters.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import { type Need, needs, needsOf, needWords } from '../../skills-index/skill/needs.ts';
import { mayDoNamesMax } from '../limits.ts';

const canVerb: Readonly<Record<Need, string>> = {
  network: 'reach',
  secrets: 'use the secret',
  environment: 'see the environment variable',
  files: 'use the folder',
  programs: 'start',
  packages: 'load the package',
};

/** Such as `can reach api.crm.example, use the secret CRM_TOKEN; no folders, no programs`. */
export function mayDoText(capabilities: Capabilities): string {
  const has = needsOf(capabilities);
  const can = has.map((need) => `${canVerb[need]} ${listed(namesOf(capabilities, need))}`);
  const cannot = needs.filter((need) => !has.includes(need)).map((need) => needWords[need]);
  return withBrokenAddresses(
    [
      ...(can.length === 0 ? [] : [`can ${can.join(', ')}`]),
      ...(cannot.length === 0 ? [] : [`no ${cannot.join(', no ')}`]),
    ].join('; '),
  );
}

function namesOf(capabilities: Capabilities, need: Need): string[] {
  switch (need) {
    case 'network':
      return capabilities.egress.map(({ url }) => parseEgressUrl(url).host);
    case 'secrets':
      return capabilities.secret.map(({ name }) => name);
    case 'environment':
      return capabilities.env.map(({ name }) => name);
    case 'files':
      return capabilities.mount.map(
        ({ mode, path, source }) =>
          `${source ?? path ?? 'of the host'} (${mode === 'ro' ? 'read only' : 'read and write'})`,
      );
    case 'programs':
      return capabilities.exec.map(({ program }) => program);
    case 'packages':
      return (capabilities.package ?? []).map(({ ecosystem, name }) => `${name} (${ecosystem})`);
  }
}

function listed(all: readonly string[]): string {
  const names = [...new Set(all)];
  const more = names.length - mayDoNamesMax;
  return `${names.slice(0, mayDoNamesMax).join(' and ')}${more > 0 ? ` and ${more} more` : ''}`;
}
