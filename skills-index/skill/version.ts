/** Versions of skills (exactly semver 2), and the choice of a version by a semver range. */
import compareBuild from 'semver/functions/compare-build.js';
import parse from 'semver/functions/parse.js';
import valid from 'semver/functions/valid.js';
import intersects from 'semver/ranges/intersects.js';
import maxSatisfying from 'semver/ranges/max-satisfying.js';
import validRange from 'semver/ranges/valid.js';
import { Problem } from './problem.ts';

export const versionCharsMax = 128;

declare const versionBrand: unique symbol;
export type Version = string & { readonly [versionBrand]: true };

/**
 * Parses a version.
 * @throws Problem `version-invalid` unless the text is exactly semver 2 (no `v`, no spaces)
 */
export function parseVersion(text: unknown): Version {
  const parsed = typeof text === 'string' && text.length <= versionCharsMax ? parse(text) : null;
  if (
    parsed === null ||
    parsed.raw !== text ||
    `${parsed.version}${parsed.build.length > 0 ? `+${parsed.build.join('.')}` : ''}` !== text
  ) {
    throw new Problem(
      'version-invalid',
      `Not a version: ${(JSON.stringify(text) ?? '').slice(0, 100)}`,
    );
  }
  return text as Version;
}

/**
 * The highest version in the range; undefined when the range has none. A prerelease counts only
 * when the range names a prerelease (semver). Old versions may have build metadata. Only an exact
 * version selects a version with build metadata; a range never does.
 */
export function resolveVersion(range: string, versions: readonly Version[]): Version | undefined {
  if (range.includes('+') && valid(range) !== null)
    return versions.find((version) => version === range);
  return maxSatisfying([...versions].sort(compareVersions), range) ?? undefined;
}

/** Whether a semver range includes this version. */
export function isInRange(version: Version, range: string): boolean {
  return resolveVersion(range, [version]) === version;
}

/** Whether a version from `lowest` to `highest`, prereleases included, may be in a semver range. */
export function mayMeet(range: string, lowest: Version, highest: Version): boolean {
  const between = `>=${lowest} <=${highest}`;
  return validRange(range) !== null && intersects(range, between, { includePrerelease: true });
}

/**
 * Orders versions by semver. Versions that differ only in build metadata are ordered by the
 * metadata.
 */
export function compareVersions(a: Version, b: Version): number {
  return compareBuild(a, b);
}
