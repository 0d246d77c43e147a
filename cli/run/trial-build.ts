/** The mark of versions that `skillgate try` runs, in the audit log and in breakers. */
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';

/** The version with the build of trials. No version of a registry has this build. */
export function trialOf(version: Version): Version {
  return parseVersion(`${version}${version.includes('+') ? '.' : '+'}unapproved`);
}

/**
 * Whether a line of the audit log is about a trial. Only an operator tries a skill: a line of an
 * agent with such a version is none, and lacks its evidence.
 */
export function isTrial({
  agent,
  version,
}: {
  readonly agent: string;
  readonly version?: string | null | undefined;
}): boolean {
  return agent === 'operator' && /[+.]unapproved$/.test(version?.replace(/^[^+]*/, '') ?? '');
}
