/**
 * `skillgate ci`: installs exactly the versions in skillgate.lock, all or none, and changes neither
 * skillgate.json nor the lock.
 */

import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { requireAdmitted } from '../../runner/admission/admit.ts';
import { readAll } from '../../runner/admission/catalogue.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import { isInRange } from '../../skills-index/skill/version.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { whileLocked } from '../locked-file.ts';
import { fetchIfAny } from '../packages/fetch-if-any.ts';
import {
  type AdmissionWorld,
  askAdmission,
  openAdmitted,
  type Project,
  projectAt,
} from '../run/admission.ts';
import { answer, count, joined, printNote, safe } from '../terminal/output.ts';
import { editsIn, printKept } from './local-edits.ts';
import { type LockedSkill, lockFileName, projectFileName } from './lock.ts';
import { requireLockedBytes } from './locked-version.ts';
import { type PreparedFolder, prepareFolder } from './prepare-folder.ts';
import { requirementsIn, wantedIn } from './required/required-skills.ts';
import {
  differences,
  type InstalledFiles,
  installedFiles,
  isFolder,
  type Layout,
  layoutOf,
  linkTarget,
  placesOf,
  requireFreePlaces,
  sharedFolder,
} from './skill-folder.ts';

interface Ready {
  readonly name: SkillName;
  readonly locked: LockedSkill;
  readonly layout: Layout;
  readonly files: InstalledFiles;
}

export async function run(context: CommandContext): Promise<ExitCode> {
  const project = await projectAt(context.cwd);
  requireWholeLock(project);
  const hostPolicy = readHostPolicy(join(context.paths.config, 'host.json'));
  const world = { ...context, verified: new VerifiedStatements() };
  const ready: Ready[] = [];
  for (const [name, locked] of project.lock)
    ready.push(await verifyLocked(world, project, hostPolicy, name, locked));
  requireOwnFolders(ready);
  for (const item of ready)
    requireFreePlaces(item.layout, item.files, [sharedFolder, ...item.layout.agentFolders]);
  await whileLocked(join(project.folder, lockFileName), async () => {
    const { lock } = await projectAt(context.cwd);
    if (JSON.stringify([...lock]) !== JSON.stringify([...project.lock]))
      throw new Problem(
        'lock-differs',
        `Cannot install from the lock of ${project.folder}: another command changed ${lockFileName} meanwhile`,
        { hint: 'run the command again' },
      );
    writeAll(context, ready);
  });
  for (const line of removeEarlier(ready)) printNote(context, safe`note: ${line}`);
  for (const { layout, name } of ready)
    if (wantedIn(project, name).plain === true)
      printNote(
        context,
        safe`warning: ${name} runs without a sandbox: ${sharedFolder}/${layout.folder}`,
      );
  const installed = ready.map(({ name, locked, layout }) => ({
    name,
    ...locked,
    folder: layout.folder,
  }));
  answer(context, { schema: 'skillgate.ci/1', installed }, () =>
    joined(
      [
        ...installed.map(
          (skill) =>
            safe`${skill.name}@${skill.version} in ${sharedFolder}/${skill.folder}, bundle ${skill.bundle}`,
        ),
        safe`installed ${count(installed.length, 'skill')}, each as ${lockFileName} pins it`,
      ],
      '\n',
    ),
  );
  return exitCodes.ok;
}

// A name in skillgate.json without an entry in the lock would need a new choice of version.
function requireWholeLock({ file, folder, lock }: Project): void {
  const reasons = [...file.skills].flatMap(([name, { range }]): Reason[] => {
    const locked = lock.get(name);
    if (locked === undefined)
      return [
        { message: `${projectFileName} asks for ${name}, which ${lockFileName} does not name` },
      ];
    if (isInRange(locked.version, range)) return [];
    return [
      {
        message: `${projectFileName} asks for ${name}@${range}, and ${lockFileName} pins ${locked.version}`,
      },
    ];
  });
  reasons.push(...unmetIn(lock));
  if (reasons.length > 0)
    throw new Problem(
      'lock-differs',
      `Cannot install from the lock of ${folder}: skillgate.lock is not up to date`,
      {
        reasons,
        hint: 'skillgate install NAME updates the lock; then commit skillgate.lock',
      },
    );
  if (lock.size === 0)
    throw new Problem(
      'file-not-found',
      `Cannot install: there is no ${lockFileName} with a skill in or above ${folder}`,
      {
        hint: 'create the lock: skillgate install @scope/name',
      },
    );
}

function unmetIn(lock: Project['lock']): Reason[] {
  const strangers = [...lock].flatMap(([by, { requires = {}, root }]): Reason[] =>
    (Object.keys(requires) as SkillName[]).flatMap((name) => {
      const other = lock.get(name);
      return other === undefined || (root !== undefined && root === other.root)
        ? []
        : [
            {
              message: `${by} requires ${name} from its own registry, and ${lockFileName} has it from another one`,
            },
          ];
    }),
  );
  const unmet = requirementsIn(lock).flatMap(({ by, name, range }) => {
    const version = lock.get(name)?.version;
    if (version !== undefined && isInRange(version, range)) return [];
    const pinned = version === undefined ? `does not name ${name}` : `pins ${name}@${version}`;
    return [{ message: `${by} requires ${name}@${range}, and ${lockFileName} ${pinned}` }];
  });
  return [...strangers, ...unmet];
}

async function verifyLocked(
  context: CommandContext & AdmissionWorld,
  project: Project,
  host: HostPolicy,
  name: SkillName,
  locked: LockedSkill,
): Promise<Ready> {
  const wanted = wantedIn(project, name);
  // Whoever wrote skillgate.json decides nothing about this host.
  if (wanted.plain === true && context.options.plain !== true)
    throw new Problem(
      'plain-refused',
      `Cannot install ${name}: ${projectFileName} asks for "plain": true, so its scripts would run on this host without a sandbox`,
      {
        hint: `if you trust the project: skillgate ci --plain; else remove "plain" from ${projectFileName}`,
      },
    );
  if (wanted.plain === true && !host.plain)
    throw new Problem(
      'plain-refused',
      `Cannot install ${name} without the sandbox: host policy says "plain": false`,
    );
  const question = {
    name,
    range: locked.version,
    locked,
    locks: [project.lock],
    host,
    registries: project.file.registries,
    offline: context.options.offline === true,
  };
  const found = await askAdmission(context, question);
  for (const line of found.admission.notes) printNote(context, safe`note: ${line}`);
  const admitted = requireAdmitted(found.admission, question.name);
  requireLockedBytes(admitted, locked);
  const opened = await openAdmitted(found.source, admitted);
  const { commands } = admitted.manifest;
  const contents = await readAll(opened);
  const files = installedFiles(opened.bundle, contents, {
    name,
    commands,
    plain: wanted.plain === true,
  });
  if (wanted.plain !== true)
    await fetchIfAny(context, {
      verb: `install ${name}`,
      manifest: admitted.manifest,
      fileOf: (path) => contents.get(path as BundlePath),
      hostPolicy: host,
    });
  return { name, locked, layout: layoutOf(project, name, wanted), files };
}

function requireOwnFolders(ready: readonly Ready[]): void {
  const names = new Map<string, SkillName>();
  for (const { name, layout } of ready) {
    const other = names.get(layout.folder);
    names.set(layout.folder, name);
    if (other === undefined) continue;
    throw new Problem(
      'install-taken',
      `Cannot install ${name} as ${layout.folder}: ${other} is installed there`,
      {
        hint: `give one of the two skills another "as" in ${projectFileName}`,
      },
    );
  }
}

// A person's own folder may have the name that the lock needs, so no folder is deleted.
function writeAll(context: CommandContext, ready: readonly Ready[]): void {
  const prepared: {
    readonly item: Ready;
    readonly changed: readonly string[];
    readonly folder: PreparedFolder;
  }[] = [];
  const committed: PreparedFolder[] = [];
  try {
    for (const item of ready)
      prepared.push({
        item,
        changed: editsIn(item.layout, item.files),
        folder: prepareFolder(item.layout, item.files),
      });
    context.signal.throwIfAborted();
    for (const { folder } of prepared) {
      folder.commit();
      committed.push(folder);
    }
    for (const { item, changed, folder } of prepared)
      if (changed.length > 0) printKept(context, item.name, changed, folder.keep());
  } catch (cause) {
    for (const folder of committed.reverse()) folder.undo();
    throw cause;
  } finally {
    for (const { folder } of prepared) folder.discard();
  }
}

// Folders that a skill had under an earlier name, before `as` in skillgate.json changed.

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
function removeEarlier(placed: readonly Placed[]): string[] {
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
