/** Chooses the version that a range means, from the lines of a skill's index file. Pure. */
import gt from 'semver/functions/gt.js';
import validVersion from 'semver/functions/valid.js';
import type { SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import { mayMeet, resolveVersion, type Version } from '../skill/version.ts';
import type { IndexLine } from '../trust/index-files/index-line.ts';
import type { IndexPart } from '../trust/index-files/index-parts.ts';

/** The version to find. */
export interface WantedVersion {
  readonly name: SkillName;
  /**
   * An exact version or a semver range. A range chooses no yanked version. Of the others, a range
   * chooses the highest that the registry does not call stopped, when there is one.
   */
  readonly range: string;
  /** The version in the caller's lock: a range may choose this version although it is yanked. */
  readonly lockedVersion?: Version | undefined;
}

/**
 * The line of the highest version in the range. An exact version is chosen whatever was said about
 * it. A range chooses no yanked version except the locked one, and prefers versions that the
 * registry does not call stopped. Nobody signed that hint: `decide` judges the chosen version.
 * @throws Problem `not-found`, `version-yanked`
 */
export function chooseLine(lines: readonly IndexLine[], wanted: WantedVersion): IndexLine {
  const { name, range } = wanted;
  const { offered, going } = offeredOf(lines, wanted);
  const candidates = validVersion(range) === null ? [going, offered] : [lines];
  for (const list of candidates) {
    const found = highestIn(range, list);
    if (found !== undefined) return found;
  }
  const text = range === '*' ? name : `${name}@${range}`;
  const yanked = highestIn(range, lines);
  if (yanked !== undefined)
    throw new Problem(
      'version-yanked',
      `Cannot choose a version of ${text}: the author yanked every version that fits`,
      { hint: `To use the newest of them nevertheless, name it: ${name}@${yanked.version}` },
    );
  const known =
    lines.length === 0
      ? 'the registry has no approved version of this skill'
      : `the registry has ${lines.map((line) => line.version).join(', ')}`;
  const prerelease = lines.findLast((line) => line.version.includes('-'))?.version;
  throw new Problem('not-found', `Cannot find ${text}: ${known}`, {
    hint:
      prerelease === undefined
        ? 'sign in if it is private (skillgate login); skillgate status NAME shows what waits for review'
        : `to get the prerelease, name it: ${name}@${prerelease}`,
  });
}

/** The unread parts in which `chooseLine` may find a better line than the known ones. */
export function partsWithChoice(
  unread: readonly IndexPart[],
  known: readonly IndexLine[],
  wanted: WantedVersion,
): IndexPart[] {
  const { range } = wanted;
  const isExact = validVersion(range) !== null;
  const best = isExact
    ? known.find(({ version }) => version === range)
    : highestIn(range, offeredOf(known, wanted).going);
  return unread.filter(
    ({ lowest, highest }) =>
      (best === undefined || !(isExact || gt(best.version, highest))) &&
      mayMeet(range, lowest, highest),
  );
}

/** The lines that a range may choose, and those among them that the registry calls not stopped. */
function offeredOf(lines: readonly IndexLine[], { lockedVersion }: WantedVersion) {
  const offered = lines.filter(
    ({ advice, version }) => advice?.yanked === undefined || version === lockedVersion,
  );
  return { offered, going: offered.filter(({ stopped }) => stopped === undefined) };
}

function highestIn(range: string, lines: readonly IndexLine[]): IndexLine | undefined {
  const version = resolveVersion(
    range,
    lines.map((line) => line.version),
  );
  return lines.find((line) => line.version === version);
}
