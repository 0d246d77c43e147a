import type { SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import type { Version } from '../skill/version.ts';

/**
 * The refusal of a version that is published already.
 * @param as what is known of the published one: its status, or the digest of its bundle
 */
export function versionTaken(
  { name, version }: { readonly name: SkillName; readonly version: Version },
  as: string,
): Problem {
  return new Problem('version-exists', `${name}@${version} is already published (${as})`, {
    hint: `Publish changed files under a higher version than ${version}. skillgate status ${name}@${version} shows the version that is there.`,
  });
}
