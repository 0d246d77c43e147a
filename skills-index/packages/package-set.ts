/**
 * A set: the packages of one ecosystem that one or more skills share, as one folder. Its key names
 * every package with the digest of the lock's entry, so a start finds the set by the approved
 * capabilities and reads no lock.
 */

import type { PackageCapability } from '../skill/capability.ts';
import { hexOf } from '../skill/digest.ts';
import type { Ecosystem } from '../skill/ecosystem.ts';
import { canonicalDigest } from '../skill/text/canonical-json.ts';

/** The folder name of a set. */
export function packageSetKey(
  ecosystem: Ecosystem,
  packages: readonly Pick<PackageCapability, 'digest' | 'name' | 'version'>[],
): string {
  const entries = packages.map(
    ({ digest = '', name, version = '' }) => `${name} ${version} ${digest}`,
  );
  return hexOf(canonicalDigest([ecosystem, [...new Set(entries)].sort()]));
}
