/**
 * Finds the declared capabilities that a scan never saw in use.
 */

import { basePrograms } from '../base-programs.ts';
import { type Capabilities, covers, groupCapabilities, listCapabilities } from '../capability.ts';
import { ecosystems } from '../ecosystem.ts';
import { parseEgressUrl } from '../egress-target.ts';
import { type ManifestPackages, requiredName } from '../manifest-packages.ts';

/**
 * The declared capabilities that cover none of the observed capabilities. A declared base program
 * gives nothing, so it counts as used. Of the packages of a lock, only those count that the author
 * requires: the others are parts of them.
 */
export function unused(
  declared: Capabilities,
  observed: Capabilities,
  packages: ManifestPackages = {},
): Capabilities {
  const required = requiredNames(packages);
  const seen = listCapabilities(observed);
  const calls = new Set(observed.egress.map((one) => parseEgressUrl(one.url).host));
  return groupCapabilities(
    listCapabilities(declared).filter(
      (one) =>
        !seen.some((use) => covers(one, use)) &&
        (one.kind !== 'package' || required.has(`${one.ecosystem} ${one.name}`)) &&
        !(one.kind === 'exec' && basePrograms.has(one.program)) &&
        !(one.kind === 'secret' && one.hosts.some((host) => calls.has(host))),
    ),
  );
}

function requiredNames(packages: ManifestPackages): ReadonlySet<string> {
  return new Set(
    ecosystems.flatMap((ecosystem) =>
      (packages[ecosystem]?.requires ?? []).map(
        (one) => `${ecosystem} ${requiredName(ecosystem, one)}`,
      ),
    ),
  );
}
