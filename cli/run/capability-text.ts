/** What a skill will and will not be able to do, for people who are about to install or run it. */
import { withBrokenAddresses } from '../../scanner/lookup-tables/hidden-characters.ts';
import {
  type Capabilities,
  listCapabilities,
  minus,
  printCapability,
} from '../../skills-index/skill/capability.ts';

/** One line for each thing it may do, with the author's reason. */
export function canLines(approved: Capabilities, declared: Capabilities): string[] {
  const reasons = new Map(listCapabilities(declared).map((one) => [printCapability(one), one.why]));
  return listCapabilities(approved).map((one) => {
    const why = one.why ?? reasons.get(printCapability(one));
    return withBrokenAddresses(
      why === undefined ? printCapability(one) : `${printCapability(one)} (${why})`,
    );
  });
}

/** What an update adds and takes away: `+ egress GET …`, `- mount …`. */
export function differenceLines(before: Capabilities, after: Capabilities): string[] {
  return [
    ...listCapabilities(minus(after, before)).map((one) => `+ ${printCapability(one)}`),
    ...listCapabilities(minus(before, after)).map((one) => `- ${printCapability(one)}`),
  ].map(withBrokenAddresses);
}
