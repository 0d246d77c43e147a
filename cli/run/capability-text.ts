/** What a skill will and will not be able to do, for people who are about to install or run it. */
import { withBrokenAddresses } from '../../scanner/lookup-tables/hidden-characters.ts';
import {
  type Capabilities,
  type CapabilityKind,
  capabilityKinds,
  listCapabilities,
  minus,
  printCapability,
} from '../../skills-index/skill/capability.ts';

// What the absence of a kind means, in plain words.
const withoutKind: Readonly<Record<CapabilityKind, string>> = {
  env: 'see any environment variable',
  secret: 'have any secret used for it',
  egress: 'reach any host',
  mount: 'read or write any folder of yours',
  exec: 'start any program of this machine',
  package: 'load packages of others',
};

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

/** One line for each kind of which it has nothing. */
export function cannotLines(approved: Capabilities): string[] {
  const kinds = new Set(listCapabilities(approved).map(({ kind }) => kind));
  return capabilityKinds.filter((kind) => !kinds.has(kind)).map((kind) => withoutKind[kind]);
}

/** What an update adds and takes away: `+ egress GET …`, `- mount …`. */
export function differenceLines(before: Capabilities, after: Capabilities): string[] {
  return [
    ...listCapabilities(minus(after, before)).map((one) => `+ ${printCapability(one)}`),
    ...listCapabilities(minus(before, after)).map((one) => `- ${printCapability(one)}`),
  ].map(withBrokenAddresses);
}
