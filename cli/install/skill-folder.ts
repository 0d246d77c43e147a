/** The installed folder of a skill: its expected content, and differences from it. */
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { printStandIn, type StandIn, standIns } from '../../skills-index/run/agents/shims.ts';
import type { Bundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import { type SkillName, shortNameOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { WantedSkill } from './lock.ts';

interface InstalledFile {
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  /** Absent for files that stay as approved. */
  readonly standIn?: StandIn;
}

export type InstalledFiles = ReadonlyMap<string, InstalledFile>;

export interface Layout {
  /** Absolute path of the project. */
  readonly project: string;
  /** Name of the skill's folder. */
  readonly folder: string;
  /** Agents' folders besides the shared one, relative to the project. */
  readonly agentFolders: readonly string[];
  readonly copy: boolean;
}

/** The place of a skill in a project. */
export function layoutOf(
  project: { readonly folder: string },
  name: SkillName,
  wanted: WantedSkill,
): Layout {
  return {
    project: project.folder,
    folder: wanted.as ?? shortNameOf(name),
    agentFolders: foldersOf(wanted.agents ?? []),
    copy: wanted.copy === true,
  };
}

/**
 * The files to write: texts as approved, and a stand-in for each file that would run. With `plain`,
 * all files as approved.
 */
export function installedFiles(
  bundle: Bundle,
  contents: ReadonlyMap<BundlePath, Uint8Array>,
  options: {
    readonly name: SkillName;
    readonly commands: Manifest['commands'];
    readonly plain: boolean;
  },
): InstalledFiles {
  const { name, plain } = options;
  const commands = Object.keys(options.commands).sort();
  const found = plain
    ? new Map<BundlePath, StandIn>()
    : standIns(bundle, contents, options.commands);
  return new Map(
    bundle.files.map((file): [string, InstalledFile] => {
      const original = contents.get(file.path) ?? new Uint8Array();
      const standIn = found.get(file.path);
      if (standIn === undefined)
        return [file.path, { bytes: original, executable: plain && file.mode === '755' }];
      const text = printStandIn(file.path, original, { name, standIn, commands });
      return [file.path, { bytes: Buffer.from(text), executable: true, standIn }];
    }),
  );
}

/**
 * Differences between the installed folders and their expected content, one line for each file,
 * with its place.
 */
export function layoutDifferences(layout: Layout, files: InstalledFiles): string[] {
  return placesOf(layout).flatMap(({ parent, place, at }) => {
    const isLink = lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    if (parent === sharedFolder || !isLink)
      return differences(at, files).map((line) => `${place}: ${line}`);
    return readlinkSync(at) === linkTarget(parent, layout.folder)
      ? []
      : [`${place}: this link leads to ${readlinkSync(at)}, not to the skill`];
  });
}

/** The places of a skill: the shared folder first, then those of the chosen agents. */
export function placesOf(
  layout: Layout,
): { readonly parent: string; readonly place: string; readonly at: string }[] {
  return [sharedFolder, ...layout.agentFolders].map((parent) => {
    const place = join(parent, layout.folder);
    return { parent, place, at: join(layout.project, place) };
  });
}

/**
 * Differences between a folder and its expected content, one line for each file; empty when there
 * are none.
 */
export function differences(folder: string, files: InstalledFiles): string[] {
  if (!isFolder(folder)) return ['the folder is missing'];
  const found = listFiles(folder);
  const lines = [...files].flatMap(([path, file]) => {
    const entry = found.get(path);
    if (entry === undefined) return [`${path} is missing`];
    if (entry !== 'file') return [`${path} is not a plain file`];
    const at = join(folder, path);
    if (!Buffer.from(file.bytes).equals(readFileSync(at)))
      return [`${path} has other bytes than the approved file`];
    return (lstatSync(at).mode & 0o100) !== 0 && !file.executable
      ? [`${path} is executable, and the approved file is not`]
      : [];
  });
  return [
    ...lines,
    ...[...found.keys()]
      .filter((path) => !files.has(path))
      .map((path) => `${path} is not part of the skill`),
  ].sort();
}

/**
 * Refuses, before any file is written, to replace folders that Skillgate did not create.
 * @param ours folders that the project's files name as this skill's
 * @throws Problem `install-taken` with every place
 */
export function requireFreePlaces(
  layout: Layout,
  files: InstalledFiles,
  ours: readonly string[],
): void {
  const reasons = placesOf(layout).flatMap(({ parent, place, at }) => {
    const outside = leavesProject(layout.project, dirname(at));
    if (outside !== undefined)
      return [{ message: `${parent} leads to ${outside}, outside the project` }];
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) return [];
    if (
      parent !== sharedFolder &&
      found.isSymbolicLink() &&
      readlinkSync(at) === linkTarget(parent, layout.folder)
    )
      return [];
    if (found.isDirectory() && (ours.includes(parent) || differences(at, files).length === 0))
      return [];
    return [{ message: `${place} exists already, and Skillgate did not create it for this skill` }];
  });
  if (reasons.length === 0) return;
  throw new Problem(
    'install-taken',
    `Cannot install into ${layout.project}: ${reasons.map((reason) => reason.message).join('; ')}`,
    {
      reasons,
    },
  );
}

/**
 * Refuses to remove a skill through a link that leads out of the project.
 * @throws Problem `install-taken`
 */
export function requireInside(layout: Layout): void {
  const reasons = placesOf(layout).flatMap(({ parent, at }) => {
    const outside = leavesProject(layout.project, dirname(at));
    return outside === undefined
      ? []
      : [{ message: `${parent} leads to ${outside}, outside the project` }];
  });
  if (reasons.length === 0) return;
  throw new Problem(
    'install-taken',
    `Cannot remove ${layout.folder} from ${layout.project}: ${reasons.map((reason) => reason.message).join('; ')}`,
    { reasons, hint: 'delete the link by hand if you did not make it, then try again' },
  );
}

/**
 * Removes a skill's folder and its links.
 * @throws Problem `install-taken` before the first removal
 */
export function removeFolder(layout: Layout): void {
  requireInside(layout);
  for (const parent of [...layout.agentFolders, sharedFolder]) {
    rmSync(join(layout.project, parent, layout.folder), { recursive: true, force: true });
  }
}

/** The target of the link in an agent's folder. */
export function linkTarget(parent: string, folder: string): string {
  return relative(parent, join(sharedFolder, folder));
}

// A link in the project, which may come from a stranger's repository, must not lead our writes
// elsewhere.
function leavesProject(project: string, folder: string): string | undefined {
  let at = folder;
  while (!existsSync(at) && lstatSync(at, { throwIfNoEntry: false }) === undefined)
    at = dirname(at);
  const root = realpathSync(project);
  const real = realpathOrNothing(at);
  return real !== undefined && (real === root || real.startsWith(`${root}/`))
    ? undefined
    : (real ?? at);
}

function realpathOrNothing(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

export function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function listFiles(folder: string): Map<string, 'file' | 'other'> {
  const found = new Map<string, 'file' | 'other'>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (!entry.isDirectory()) found.set(path, entry.isFile() ? 'file' : 'other');
  }
  return found;
}

// The folders where agents look for a project's skills, from the clients' own tables (see docs).
// Data only.

/** The folder with the files; the other folders have links to it. */
export const sharedFolder = '.agents/skills';

const agentFolders: Readonly<Record<string, string>> = {
  amp: sharedFolder,
  claude: '.claude/skills',
  'claude-code': '.claude/skills',
  cline: sharedFolder,
  codex: sharedFolder,
  continue: '.continue/skills',
  copilot: sharedFolder,
  cursor: sharedFolder,
  droid: sharedFolder,
  gemini: sharedFolder,
  goose: '.goose/skills',
  hermes: '.hermes/skills',
  junie: '.junie/skills',
  kiro: '.kiro/skills',
  openclaw: 'skills',
  opencode: sharedFolder,
  openhands: '.openhands/skills',
  pi: sharedFolder,
  roo: '.roo/skills',
  warp: sharedFolder,
  windsurf: '.windsurf/skills',
  zed: sharedFolder,
};

/**
 * The folders of the chosen agents that need a link, without repetition. Agents that read the
 * shared folder need none.
 * @throws Problem `usage` for an agent that is not in the table
 */
export function foldersOf(agents: readonly string[]): string[] {
  const folders = agents.map((agent) => {
    const folder = Object.hasOwn(agentFolders, agent) ? agentFolders[agent] : undefined;
    if (folder !== undefined) return folder;
    throw new Problem(
      'usage',
      `Cannot install for agent ${JSON.stringify(agent)}: the skills folder of this agent is not known`,
      {
        hint: `Known: ${Object.keys(agentFolders).join(', ')}.`,
      },
    );
  });
  return [...new Set(folders)].filter((folder) => folder !== sharedFolder).sort();
}
