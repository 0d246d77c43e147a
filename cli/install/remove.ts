/**
 * `skillgate remove`: deletes installed skills from the project, its lock and agents' folders. A
 * folder that a person changed is kept aside.
 */
import { join } from 'node:path';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { whileLocked } from '../locked-file.ts';
import { type Project, projectAt } from '../run/admission.ts';
import { answer, joined, safe } from '../terminal/output.ts';
import { installedSkills, namedSkills } from './installed-skills.ts';
import { localEdits, printKept } from './local-edits.ts';
import { lockFileName, projectFileName, writeLock, writeProject } from './lock.ts';
import { setAside } from './prepare-folder.ts';
import { keptWithout, requirementsIn } from './required/required-skills.ts';
import { removeFolder, requireInside } from './skill-folder.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { folder } = await projectAt(context.cwd);
  return whileLocked(join(folder, lockFileName), () => remove(context));
}

async function remove(context: CommandContext): Promise<ExitCode> {
  const project = await projectAt(context.cwd);
  const named = new Set(namedSkills(project, 'remove', context.args).map(({ name }) => name));
  requireUnneeded(project, named);
  const kept = keptWithout(project, named);
  const removed = installedSkills(project).filter(({ name }) => !kept.has(name));
  const gone = new Set(removed.map(({ name }) => name));
  // Nothing is removed when one of several skills cannot be removed.
  for (const { layout } of removed) requireInside(layout);
  for (const skill of removed) {
    const edits = await localEdits(context, skill);
    if (edits.length > 0) printKept(context, skill.name, edits, setAside(skill.layout));
    removeFolder(skill.layout);
  }
  // The files are written last: after an interruption the lock still names the skill, and
  // `skillgate ci` or `remove` can be repeated.
  await writeProject(join(project.folder, projectFileName), {
    ...project.file,
    skills: new Map([...project.file.skills].filter(([name]) => !gone.has(name))),
  });
  await writeLock(
    join(project.folder, lockFileName),
    new Map([...project.lock].filter(([name]) => !gone.has(name))),
  );
  const list = removed.map(({ name, locked, folder }) => ({
    name,
    version: locked.version,
    folder,
  }));
  answer(context, { schema: 'skillgate.remove/1', removed: list }, () =>
    joined(
      list.map(({ name, version, folder }) =>
        named.has(name)
          ? safe`removed ${name}@${version} from ${folder}\n→ install it again: skillgate install ${name}@${version}`
          : safe`removed ${name}@${version} from ${folder}: no installed skill requires it any more`,
      ),
      '\n',
    ),
  );
  return exitCodes.ok;
}

function requireUnneeded({ lock }: Project, gone: ReadonlySet<SkillName>): void {
  const staying = new Map([...lock].filter(([name]) => !gone.has(name)));
  const needed = requirementsIn(staying).filter(({ name }) => gone.has(name));
  const [first] = needed;
  if (first === undefined) return;
  throw new Problem('requires-unmet', `Cannot remove ${first.name}: ${first.by} requires it`, {
    reasons: needed.map(({ by, name, range }) => ({ message: `${by} requires ${name}@${range}` })),
    hint: 'remove the skills that require it first: skillgate list --tree',
  });
}
