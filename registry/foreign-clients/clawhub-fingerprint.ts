import type { BundleFile } from '../../skills-index/skill/bundle.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';

/**
 * The fingerprint that ClawHub's clients compute of a skill's files. They leave out hidden files,
 * and sort the paths as `localeCompare` does.
 */
export function fingerprintOf(files: readonly Pick<BundleFile, 'path' | 'sha256'>[]): string {
  const lines = files
    .filter(({ path }) => !path.split('/').some((part) => part.startsWith('.')))
    .toSorted((a, b) => a.path.localeCompare(b.path))
    .map(({ path, sha256 }) => `${path}:${hexOf(sha256)}`);
  return hexOf(digestOf(lines.join('\n')));
}
