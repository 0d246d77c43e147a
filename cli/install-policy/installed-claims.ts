/**
 * What installers remember of a folder that they wrote. A skill without skill.json says no name of
 * its own, and its revocation would not be found otherwise.
 */
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { peek } from '../../skills-index/client/peek.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import type { CommandContext } from '../command.ts';
import { layoutOf, placesOf } from '../install/skill-folder.ts';
import { registryOf } from '../registries/registries.ts';
import { projectAt } from '../run/admission.ts';
import { notedVersion } from './installer-note.ts';
import type { ClaimedVersion } from './known-bytes.ts';

/**
 * The versions that `skillgate install` and `clawhub` say to have written into a folder.
 * @param folder without links
 */
export async function installedClaims(
  context: CommandContext,
  folder: string,
  listed: PackedBundle,
): Promise<ClaimedVersion[]> {
  return [...notedClaims(context, listed), ...(await lockedClaims(folder))];
}

/** A scope of another registry with the same name may belong to other people. */
function notedClaims(context: CommandContext, listed: PackedBundle): ClaimedVersion[] {
  const noted = notedVersion(listed);
  if (noted === undefined) return [];
  const { name, version } = noted;
  const pinned = peek(() => registryOf(context, scopeOf(name)).base);
  return pinned === noted.registry ? [{ name, range: version }] : [];
}

async function lockedClaims(folder: string): Promise<ClaimedVersion[]> {
  // From above the folder: a file in the folder must not hide the project. A broken lock counts as
  // none: whoever can break it can take the skill out of it, and everybody can write to /tmp.
  const around = await projectAt(dirname(folder)).catch(() => undefined);
  if (around === undefined) return [];
  const { file, lock } = around;
  const project = { folder: await realpath(around.folder) };
  return [...lock].flatMap(([name, { version }]): ClaimedVersion[] => {
    const wanted = file.skills.get(name) ?? { range: version };
    const isThere = placesOf(layoutOf(project, name, wanted)).some(({ at }) => at === folder);
    return isThere ? [{ name, range: version }] : [];
  });
}
