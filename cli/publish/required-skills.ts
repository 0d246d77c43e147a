/** Tells an author early that nobody can install a version whose required skills are missing. */
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, resolveVersion } from '../../skills-index/skill/version.ts';
import type { CommandContext } from '../command.ts';
import { versionsAnswer } from '../registries/registry-answers.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { printNote, type Safe, safe } from '../terminal/output.ts';

/**
 * Prints a warning for each required skill of which the registry has no approved version in the
 * range. When the registry does not answer, nothing is printed: the upload reports the failure.
 * @param requires ranges of versions by the names of skills
 */
export async function warnOfMissingSkills(
  context: CommandContext,
  requires: Readonly<Record<SkillName, string>>,
): Promise<void> {
  const missing = await Promise.all(
    Object.entries(requires).map(([name, range]) =>
      whyMissing(context, parseSkillName(name), range),
    ),
  );
  for (const why of missing)
    if (why !== undefined)
      printNote(
        context,
        safe`warning: ${why}. Nobody can install this version before a version that fits is approved.`,
      );
}

async function whyMissing(
  context: CommandContext,
  name: SkillName,
  range: string,
): Promise<Safe | undefined> {
  try {
    // The newest versions: a range that only much older ones meet is rare, and a warning decides
    // nothing.
    const { versions } = await askRegistry(
      context,
      `/api/v1/versions/${name}?before=end`,
      versionsAnswer,
    );
    const choose = (states: readonly string[]) =>
      resolveVersion(
        range,
        versions
          .filter(({ status }) => states.includes(status))
          .map(({ version }) => parseVersion(version)),
      );
    if (choose(['approved']) !== undefined) return undefined;
    const waits = choose(['received', 'scanning', 'in review']);
    return waits === undefined
      ? safe`skill.json requires ${name} ${range}, and no version of ${name} fits`
      : safe`skill.json requires ${name} ${range}, and ${name}@${waits} fits but waits for its approval`;
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return cause.code === 'not-found'
      ? safe`skill.json requires ${name}, which this registry does not have; check the name`
      : undefined;
  }
}
