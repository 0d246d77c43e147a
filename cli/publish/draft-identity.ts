/** The name and version of a draft manifest: from SKILL.md, or else from the folder's name. */
import { basename } from 'node:path';
import type { SkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import { isNamePart, parseScope, parseSkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';

/** @throws Problem `name-invalid` when neither SKILL.md nor the folder has a skill's name */
export function draftIdentity(skillMd: SkillMd, folder: string, scopeName: unknown): ExactVersion {
  const scope = parseScope(scopeName);
  const short = [skillMd.name, basename(folder)].find(
    (candidate) => candidate !== undefined && isNamePart(candidate),
  );
  if (short === undefined)
    throw new Problem(
      'name-invalid',
      `Cannot name the skill: neither SKILL.md nor the folder has a skill’s name`,
      {
        hint: 'choose one of lower-case letters, digits and single hyphens: name: in SKILL.md, or skillgate init --name NAME',
      },
    );
  return { name: parseSkillName(`@${scope}/${short}`), version: versionOf(skillMd) };
}

function versionOf({ version }: SkillMd): Version {
  try {
    return parseVersion(version);
  } catch {
    return parseVersion('0.1.0');
  }
}
