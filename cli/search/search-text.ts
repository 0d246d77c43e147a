/** What a search shows a person of each skill: what the skill may do, in one line. Pure. */
import { withBrokenAddresses } from '../../scanner/lookup-tables/hidden-characters.ts';
import { canPhrases } from '../../skills-index/skill/can-phrases.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { needs, needsOf, needWords } from '../../skills-index/skill/needs.ts';
import { mayDoNamesMax } from '../limits.ts';

/** Such as `can reach api.crm.example, use the secret CRM_TOKEN; no folders, no programs`. */
export function mayDoText(capabilities: Capabilities): string {
  const has = needsOf(capabilities);
  const can = canPhrases(capabilities, mayDoNamesMax);
  const cannot = needs.filter((need) => !has.includes(need)).map((need) => needWords[need]);
  return withBrokenAddresses(
    [
      ...(can.length === 0 ? [] : [`can ${can.join(', ')}`]),
      ...(cannot.length === 0 ? [] : [`no ${cannot.join(', no ')}`]),
    ].join('; '),
  );
}
