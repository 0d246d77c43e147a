/** Folders that a skill had under an earlier name, before `as` in skillgate.json changed. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from './agent-folders.ts';
import {
  differences,
  type InstalledFiles,
  isFolder,
  type Layout,
  linkTarget,
  placesOf,
} from './skill-folder.ts';

interface Placed {
  readonly name: string;
  readonly layout: Layout;
  readonly files: InstalledFiles;
}

/**
 * Removes each folder in `.agents/skills` that contains exactly the files of an installed skill
 * under another name, and agents' links to it. A folder with the same SKILL.md but other files may
 * contain a person's work, so it is kept. Copies in agents' own folders are kept too.
 * @param placed every skill of the project, after it was written
 * @returns a line for each folder, kept ones included
 */
export function removeEarlier(placed: readonly Placed[]): string[] {
  const places = new Set(placed.flatMap(({ layout }) => placesOf(layout).map(({ at }) => at)));
  const project = placed[0]?.layout.project ?? '';
  const removed: string[] = [];
  const lines: string[] = [];
  const look = (parent: string, skills: readonly Placed[]): void => {
    for (const name of foldersIn(join(project, parent))) {
      const place = join(parent, name);
      const at = join(project, parent, name);
      const skill = places.has(at) ? undefined : skills.find(({ files }) => hasTextOf(at, files));
      if (skill === undefined) continue;
      const isWhole = parent === sharedFolder && differences(at, skill.files).length === 0;
      if (isWhole) rmSync(at, { recursive: true });
      if (isWhole) removed.push(name);
      const what = isWhole
        ? `held ${skill.name} under an earlier folder name; Skillgate removed this folder`
        : `has the SKILL.md of ${skill.name} and is not part of this installation; delete the folder when nobody needs it`;
      lines.push(`${place} ${what}`);
    }
  };
  look(sharedFolder, placed);
  const agentFolders = new Set(placed.flatMap(({ layout }) => layout.agentFolders));
  for (const parent of agentFolders) {
    for (const name of removed) removeLink(join(project, parent, name), linkTarget(parent, name));
    const copied = placed.filter(
      ({ layout }) => layout.copy && layout.agentFolders.includes(parent),
    );
    look(parent, copied);
  }
  return lines;
}

function removeLink(at: string, target: string): void {
  const isLink = lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLink && readlinkSync(at) === target) rmSync(at);
}

function foldersIn(parent: string): string[] {
  if (!isFolder(parent)) return [];
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

function hasTextOf(folder: string, files: InstalledFiles): boolean {
  const wanted = files.get('SKILL.md');
  const path = join(folder, 'SKILL.md');
  const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return wanted !== undefined && isFile && Buffer.from(wanted.bytes).equals(readFileSync(path));
}
