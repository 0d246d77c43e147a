/** What `mirror` does for a line that names a registry: copies skills through ClawHub's API. */
import { ownedName } from '../../../skills-index/statement/source.ts';
import type { CommandContext } from '../../command.ts';
import type { KeyFile } from '../../signing/key-file.ts';
import { importAtOnce, withImportWorld } from '../import/import-all.ts';
import type { ImportRow } from '../import/import-table.ts';
import type { MirroredRegistry } from '../import/mirror-list.ts';
import { deprecateMissing } from './deprecate-missing.ts';
import { type ListedSkill, listSkills } from './listed-skills.ts';
import { type MirrorWorld, mirrorSkill, refusedRow, type SkillToCopy } from './mirror-skill.ts';
import { upstreamRegistry } from './upstream-registry.ts';

/**
 * Imports the versions that are not here, and deprecates skills that the registry no longer has.
 * What fails with one skill leaves the others alone.
 * @throws Problem that concerns all skills
 */
export async function mirrorRegistry(
  context: CommandContext,
  signer: KeyFile,
  line: MirroredRegistry,
): Promise<ImportRow[]> {
  const upstream = upstreamRegistry(context, line.address);
  return withImportWorld(context, { scope: line.scope, signer }, async (imports) => {
    const world: MirrorWorld = { ...imports, upstream, versions: line.versions };
    const { problem, skills } = await listSkills(upstream, line, context.signal);
    context.signal.throwIfAborted();
    const rows = await importAtOnce(world, wantedOf(skills), (skill) => mirrorSkill(world, skill));
    const gone =
      problem === undefined
        ? await deprecateMissing(world, line, skills)
        : [refusedRow('.', problem)];
    return [...rows.flat(), ...gone];
  });
}

function wantedOf(skills: readonly ListedSkill[]): SkillToCopy[] {
  const counts = new Map<string, number>();
  for (const { slug } of skills) counts.set(slug, (counts.get(slug) ?? 0) + 1);
  return skills.map((skill) => ({
    ...skill,
    path: ownedName(skill.owner, skill.slug),
    isAmbiguous: (counts.get(skill.slug) ?? 0) > 1,
  }));
}
