/** Skills that an earlier run copied from another registry, and that the registry no longer has. */
import { parseSkillName, shortNameOf } from '../../../skills-index/skill/name.ts';
import type { MirroredVersion } from '../../../skills-index/statement/source.ts';
import { askImported, deprecate } from '../import/import-gone.ts';
import type { ImportRow } from '../import/import-table.ts';
import type { MirroredRegistry } from '../import/mirror-list.ts';
import type { ListedSkill } from './listed-skills.ts';
import { type MirrorWorld, orRefused } from './mirror-skill.ts';
import { skillAnswer } from './upstream-answers.ts';
import { withQuery } from './upstream-registry.ts';

/**
 * Deprecates the approved versions of such skills. A list may change while it is read, so the
 * registry is asked for each skill that the list lacks.
 * @param listed the whole list, or the skills that the line names
 * @returns a row for each such version, and for each skill for which the registry fails
 * @throws Problem that concerns all skills
 */
export async function deprecateMissing(
  world: MirrorWorld,
  line: MirroredRegistry,
  listed: readonly ListedSkill[],
): Promise<ImportRow[]> {
  const slugs = new Set(listed.map(({ slug }) => slug));
  const rows: ImportRow[] = [];
  for (const [name, versions] of world.known) {
    const isListed = slugs.has(shortNameOf(parseSkillName(name)));
    if (isListed !== (line.skills !== undefined)) continue;
    const path = shortNameOf(parseSkillName(name));
    const approved = versions.filter(({ status }) => status === 'approved');
    rows.push(...(await orRefused(world, path, () => deprecateOne(world, line, name, approved))));
  }
  return rows;
}

async function deprecateOne(
  world: MirrorWorld,
  line: MirroredRegistry,
  name: string,
  approved: readonly { readonly version: string }[],
): Promise<ImportRow[]> {
  const [first, ...others] = approved;
  if (first === undefined) return [];
  const found = await askImported(world, name, first.version);
  if (!(await isMissing(world, line, found.mirrored))) return [];
  const gone = {
    path: shortNameOf(parseSkillName(name)),
    reason: `The skill is no longer offered by ${world.upstream.address}`,
  };
  const rows = [await deprecate(world, found, gone)];
  for (const { version } of others)
    rows.push(await deprecate(world, await askImported(world, name, version), gone));
  return rows;
}

async function isMissing(
  { upstream }: MirrorWorld,
  { owner }: MirroredRegistry,
  mirrored: MirroredVersion | null,
): Promise<boolean> {
  if (mirrored?.registry !== upstream.address) return false;
  if (owner !== undefined && mirrored.owner !== owner) return false;
  const path = withQuery(`skills/${mirrored.skill}`, { ownerHandle: mirrored.owner });
  return (await upstream.ask(path, skillAnswer)) === undefined;
}
