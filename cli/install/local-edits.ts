/** What a person changed in the folders of an installed skill, so that no command deletes it. */
import { openSkill, readAll } from '../../runner/admission/catalogue.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { diskStore } from '../registries/carry-memory.ts';
import { printNote, safe } from '../terminal/output.ts';
import type { InstalledSkill } from './installed-skills.ts';
import {
  type InstalledFiles,
  installedFiles,
  isFolder,
  type Layout,
  layoutDifferences,
  placesOf,
} from './skill-folder.ts';

/**
 * Compares the folders with the installed version. Without the version's files nobody knows what
 * changed, so every folder counts as changed.
 * @returns a line for each changed file
 */
export async function localEdits(
  { paths }: Pick<CommandContext, 'paths'>,
  skill: Pick<InstalledSkill, 'name' | 'locked' | 'wanted' | 'layout'>,
): Promise<string[]> {
  const { layout, locked } = skill;
  const files = await installedFrom(paths, skill).catch((cause: unknown) => {
    if (cause instanceof Problem) return undefined;
    throw cause;
  });
  if (files !== undefined) return editsIn(layout, files);
  return placesOf(layout).flatMap(({ at, place }) =>
    isFolder(at)
      ? [`${place}: this host no longer has the files of ${locked.version} to compare with`]
      : [],
  );
}

/** Differences that hold somebody's work: a missing file or folder holds none. */
export function editsIn(layout: Layout, files: InstalledFiles): string[] {
  return layoutDifferences(layout, files).filter((line) => !line.endsWith(' is missing'));
}

/** Says what was changed, and where the changed folder is now. */
export function printKept(
  context: CommandContext,
  name: string,
  edits: readonly string[],
  kept: string | undefined,
): void {
  for (const line of edits) printNote(context, safe`note: ${name} was changed on disk: ${line}`);
  if (kept !== undefined)
    printNote(
      context,
      safe`note: the earlier folder is kept in ${kept}; delete it when nobody needs it`,
    );
}

async function installedFrom(
  paths: CommandContext['paths'],
  { name, locked, wanted }: Pick<InstalledSkill, 'name' | 'locked' | 'wanted'>,
): Promise<InstalledFiles> {
  // The files of all registries are in one place, under their digests.
  const store = diskStore(paths, locked.bundle);
  const opened = await openSkill(locked.bundle, async (digest) => {
    const bytes = await store.get(digest);
    if (bytes === undefined) throw new Problem('not-found', `The cache has no ${digest}`);
    return bytes;
  });
  const contents = await readAll(opened);
  const json = contents.get('skill.json' as BundlePath);
  const commands = json === undefined ? {} : parseManifest(json).commands;
  return installedFiles(opened.bundle, contents, { name, commands, plain: wanted.plain === true });
}
