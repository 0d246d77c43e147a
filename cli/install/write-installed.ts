/**
 * Writes one installed skill: the folder, skillgate.json and skillgate.lock. A folder that a person
 * changed is kept aside.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandContext } from '../command.ts';
import type { Project } from '../run/admission.ts';
import type { Prepared } from './install-text.ts';
import { installedSkills } from './installed-skills.ts';
import { localEdits, printKept } from './local-edits.ts';
import { lockFileName, projectFileName, writeLock, writeProject } from './lock.ts';
import { prepareFolder, setAside } from './prepare-folder.ts';
import { removeFolder } from './skill-folder.ts';

export async function writeInstalled(
  context: CommandContext,
  project: Project,
  installed: Prepared,
): Promise<void> {
  const { layout, name } = installed;
  const earlier = installedSkills(project).find((skill) => skill.name === name);
  const edits = earlier === undefined ? [] : await localEdits(context, earlier);
  const replaced = await writeAll(context, project, installed, edits.length > 0);
  // The skill had another folder before `--as`.
  const isMoved = earlier !== undefined && earlier.layout.folder !== layout.folder;
  const kept = isMoved && edits.length > 0 ? setAside(earlier.layout) : replaced;
  printKept(context, name, edits, kept);
  if (isMoved) removeFolder(earlier.layout);
}

// The slow part happens in a folder beside the final one. Then both files and the rename follow at
// once. After a crash in between, the lock names the folder's owner, so the next installation can
// repair it.
async function writeAll(
  context: CommandContext,
  project: Project,
  { files, isRequired, layout, locked, name, registries: added, wanted }: Prepared,
  keeps: boolean,
): Promise<string | undefined> {
  const before = [projectFileName, lockFileName].map((file) =>
    keepFile(join(project.folder, file)),
  );
  const prepared = prepareFolder(layout, files);
  try {
    context.signal.throwIfAborted();
    const { skills } = project.file;
    if (!isRequired || Object.keys(added).length > 0)
      await writeProject(join(project.folder, projectFileName), {
        skills: isRequired ? skills : new Map([...skills, [name, wanted] as const]),
        registries: { ...project.file.registries, ...added },
      });
    await writeLock(
      join(project.folder, lockFileName),
      new Map([...project.lock, [name, locked] as const]),
    );
    prepared.commit();
    return keeps ? prepared.keep() : undefined;
  } catch (cause) {
    prepared.undo();
    for (const restore of before) restore();
    throw cause;
  } finally {
    prepared.discard();
  }
}

function keepFile(path: string): () => void {
  if (!existsSync(path)) return () => rmSync(path, { force: true });
  const bytes = readFileSync(path);
  return () => writeFileSync(path, bytes);
}
