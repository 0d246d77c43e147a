/** The skills that a project has installed, by skillgate.lock. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { nearest } from '../../skills-index/skill/text/nearest.ts';
import type { Project } from '../run/admission.ts';
import { type Safe, safe } from '../terminal/output.ts';
import { type LockedSkill, lockFileName, type WantedSkill } from './lock.ts';
import { wantedIn } from './required/required-skills.ts';
import { type Layout, layoutOf, sharedFolder } from './skill-folder.ts';

export interface InstalledSkill {
  readonly name: SkillName;
  readonly locked: LockedSkill;
  readonly wanted: WantedSkill;
  readonly layout: Layout;
  /** The folder, relative to the project. */
  readonly folder: string;
  /** Whether the folder exists. `skillgate verify` compares the files in it. */
  readonly isThere: boolean;
}

/** What to say about a project without skills. */
export function nothingInstalled({ folder }: Project): Safe {
  return safe`No skill is installed in ${folder}.\n→ install one: skillgate install @scope/name`;
}

/** All installed skills, sorted by name. */
export function installedSkills(project: Project): readonly InstalledSkill[] {
  return [...project.lock]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, locked]) => {
      const wanted = wantedIn(project, name);
      const layout = layoutOf(project, name, wanted);
      const folder = join(sharedFolder, layout.folder);
      const isThere = existsSync(join(project.folder, folder));
      return { name, locked, wanted, layout, folder, isThere };
    });
}

/**
 * The named skills of the project; all of them when none is named.
 * @param verb the person's command, for messages: `update`
 * @throws Problem `not-found` for a skill that is not installed
 */
export function namedSkills(
  project: Project,
  verb: string,
  args: readonly string[],
): readonly InstalledSkill[] {
  const all = installedSkills(project);
  if (args.length === 0) return all;
  return args.map((text) => {
    const { name } = parseReference(text);
    const found = all.find((skill) => skill.name === name);
    if (found !== undefined) return found;
    const [near] = nearest(
      name,
      all.map((skill) => skill.name),
    );
    throw new Problem(
      'not-found',
      `Cannot ${verb} ${name}: ${join(project.folder, lockFileName)} does not name it`,
      {
        hint:
          near === undefined
            ? 'skillgate list shows the installed skills'
            : `did you mean ${near}? skillgate list shows the installed skills`,
      },
    );
  });
}
