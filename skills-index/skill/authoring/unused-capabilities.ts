/**
 * Finds the declared capabilities that a scan never saw in use.
 */

import { basePrograms } from '../base-programs.ts';
import { type Capabilities, covers, groupCapabilities, listCapabilities } from '../capability.ts';
import { parseEgressUrl } from '../egress-target.ts';

/**
 * The declared capabilities that cover none of the observed capabilities. A declared base program
 * gives nothing, so it counts as used.
 */
export function unused(declared: Capabilities, observed: Capabilities): Capabilities {
  const seen = listCapabilities(observed);
  const calls = new Set(observed.egress.map((one) => parseEgressUrl(one.url).host));
  return groupCapabilities(
    listCapabilities(declared).filter(
      (one) =>
        !seen.some((use) => covers(one, use)) &&
        !(one.kind === 'exec' && basePrograms.has(one.program)) &&
        !(one.kind === 'secret' && one.hosts.some((host) => calls.has(host))),
    ),
  );
}
