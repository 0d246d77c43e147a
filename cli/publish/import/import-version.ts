/** The version under which a skill of a repository is imported. */
import {
  compareVersions,
  parseVersion,
  type Version,
} from '../../../skills-index/skill/version.ts';

/** What a commit tells about the versions of its skills. */
export interface CommitVersions {
  readonly commit: string;
  readonly time: Date;
  /** Short names of the tags at the commit, and of all tags. */
  readonly tagsHere: readonly string[];
  readonly tags: readonly string[];
}

/**
 * The versions to try, best first: the version of a tag at the commit; the version that SKILL.md
 * names; and a version made from the commit’s time, which is higher than the released versions
 * before it, as Go makes pseudo-versions. A tag is the only version of its commit: a tag that was
 * moved is not published under another name.
 * @param own version in SKILL.md
 */
export function versionsOfCommit(
  shortName: string,
  own: Version | undefined,
  commit: CommitVersions,
): readonly Version[] {
  const here = highestRelease(commit.tagsHere, shortName);
  if (here !== undefined) return [here];
  const base = own ?? highestRelease(commit.tags, shortName);
  return [...(own === undefined ? [] : [own]), versionAfter(base, commit)];
}

/** `v1.2.3` and `1.2.3` name a release of all skills; `name@1.2.3`, `name-v1.2.3` of one. */
export function releaseOf(tag: string, shortName: string): Version | undefined {
  const ofOne = ['@', '-', '/']
    .map((sign) => shortName + sign)
    .find((head) => tag.startsWith(head));
  return tryVersion((ofOne === undefined ? tag : tag.slice(ofOne.length)).replace(/^v/, ''));
}

export function tryVersion(text: string | undefined): Version | undefined {
  try {
    return text === undefined ? undefined : parseVersion(text);
  } catch {
    return undefined;
  }
}

function highestRelease(tags: readonly string[], shortName: string): Version | undefined {
  return tags
    .flatMap((tag) => releaseOf(tag, shortName) ?? [])
    .sort(compareVersions)
    .at(-1);
}

// The `g` keeps digits of a commit from being a number with a leading zero, which semver forbids.
function versionAfter(base: Version | undefined, { commit, time }: CommitVersions): Version {
  const stamp = time.toISOString().replace(/\D/g, '').slice(0, 14);
  const made = `0.${stamp}.g${commit.slice(0, 12)}`;
  const [, major, minor, patch, pre] = /^(\d+)\.(\d+)\.(\d+)(-[^+]+)?/.exec(base ?? '') ?? [];
  const candidate =
    pre === undefined
      ? `${major}.${minor}.${Number(patch) + 1}-${made}`
      : `${major}.${minor}.${patch}${pre}.${made}`;
  return (base === undefined ? undefined : tryVersion(candidate)) ?? parseVersion(`0.0.0-${made}`);
}
