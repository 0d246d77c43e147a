/** Versions of skills (exactly semver 2), and the version that a range selects. */
import compareBuild from 'semver/functions/compare-build.js';
import parse from 'semver/functions/parse.js';
import valid from 'semver/functions/valid.js';
import maxSatisfying from 'semver/ranges/max-satisfying.js';
import { versionCharsMax } from './limits.ts';
import { Problem } from './problem.ts';

declare const versionBrand: unique symbol;
export type Version = string & { readonly [versionBrand]: true };

/** @throws Problem `version-invalid` unless the text is exactly semver 2 (no `v`, no spaces). */
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
 * The highest version in the range, or undefined. A prerelease counts only when the range names one
 * (semver). A range never selects a version with build metadata, which old versions may have; an
 * exact version does.
 */
export function resolveVersion(range: string, versions: readonly Version[]): Version | undefined {
  if (range.includes('+') && valid(range) !== null)
    return versions.find((version) => version === range);
  return maxSatisfying([...versions].sort(compareVersions), range) ?? undefined;
}

/** Whether the range includes this version. */
export function isInRange(version: Version, range: string): boolean {
  return resolveVersion(range, [version]) === version;
}

/** Orders versions by semver, build metadata last. */
export function compareVersions(a: Version, b: Version): number {
  return compareBuild(a, b);
}
