/**
 * Rejects versions with build metadata before they are published.
 */
import { Problem } from '../problem.ts';
import type { Version } from '../version.ts';

/**
 * Rejects a version with build metadata. Ranges and precedence ignore build metadata (semver 2,
 * item 10), so two versions that differ only in build metadata would be one version to every range.
 * @throws Problem `version-invalid` for a version with build metadata
 */
export function requireNoBuild(version: Version): void {
  const at = version.indexOf('+');
  if (at < 0) return;
  throw new Problem(
    'version-invalid',
    `Cannot publish ${version}: ranges do not see what follows the +`,
    {
      hint: `Publish ${version.slice(0, at)}, or the next patch or prerelease number where that one is taken.`,
    },
  );
}
